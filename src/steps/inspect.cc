#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/table.h"
#include "steps/pipeline.h"

namespace thimble {
namespace {

struct InspectRequest : ModelRequest {
  bool after_passes = false;
  bool graph = false;
  template <class V>
  void fields(V&& v) {
    ModelRequest::fields(v);
    v("after_passes", after_passes, "show what is left once the graph has been rewritten for deployment");
    v("graph", graph, "print the graph as text too, with every attribute");
  }
};

std::string quant_text(const Quant& quant) {
  if (!quant.quantised()) return "";
  if (quant.per_channel()) return fmt::format("{} scales, axis {}", quant.scale.size(), quant.axis);
  return fmt::format("{:.4g} x (q {} {})", quant.scale[0], quant.zero[0] > 0 ? '-' : '+', std::abs(int64_t{quant.zero[0]}));
}

std::string type_text(const TensorType& type) { return fmt::format("{} {}", name_of(type.dtype), to_string(type.shape)); }

Json tensor_json(const Value& value) {
  Json json;
  json.set("name", value.name)
      .set("dtype", name_of(value.type.dtype))
      .set("shape", Json::Array(value.type.shape.begin(), value.type.shape.end()));
  json.set("bytes", value.type.bytes());
  if (!value.type.quant.quantised()) return json;
  Json::Array scales, zeros;
  for (float scale : value.type.quant.scale) scales.emplace_back(double{scale});
  for (int32_t zero : value.type.quant.zero) zeros.emplace_back(int64_t{zero});
  return json.set("scale", scales).set("zero", zeros).set("axis", int64_t{value.type.quant.axis});
}

Json attributes_json(const Node& node) {
  Json json = Json::Object{};
  for (const auto& [key, value] : node.attrs.bag()) json.set(key, to_string(value));
  return json;
}

/// What a graph weighs.
struct Totals {
  int64_t macs = 0, constant_bytes = 0, parameters = 0, state_bytes = 0;
};

class Inspection {
 public:
  explicit Inspection(const Graph& graph) : graph_(graph) {
    for (size_t n = 0; n < graph.nodes.size(); ++n) add(graph.nodes[n], n);
    for (const Value& value : graph.values)
      if (value.state) totals_.state_bytes += value.type.bytes();
  }

  std::string text() const {
    std::string text =
        fmt::format("{}: {} layers, {} MACs, {} parameters in {} B\n\n", styled(Style::Bold, graph_.name), graph_.nodes.size(),
                    grouped(totals_.macs), grouped(totals_.parameters), grouped(totals_.constant_bytes));
    return text + ports_text() + "\n" + layers_text() + ops_text();
  }

  Json json(const std::string& model) const {
    Json json;
    json.set("model", model).set("layers", layers_).set("inputs", ports_json(graph_.inputs)).set("outputs", ports_json(graph_.outputs));
    json.set("macs", totals_.macs).set("parameters", totals_.parameters).set("constant_bytes", totals_.constant_bytes);
    return json.set("state_bytes", totals_.state_bytes);
  }

 private:
  void add(const Node& node, size_t index) {
    int64_t constant_bytes = 0;
    for (ValueId id : node.in)
      if (id != kAbsent && graph_.value(id).constant() && counted_.insert(id).second) {
        constant_bytes += graph_.type(id).bytes();
        totals_.parameters += graph_.type(id).elements();
      }
    const int64_t macs = macs_of(graph_, node);
    totals_.macs += macs;
    totals_.constant_bytes += constant_bytes;
    const TensorType& out = graph_.type(node.out[0]);
    table_.row({index, Cell(node.op->name, Style::Accent), short_name(node.name, 28), type_text(out), quant_text(out.quant), constant_bytes,
                macs});
    Json::Array inputs, outputs;
    for (ValueId id : node.in)
      if (id != kAbsent) inputs.push_back(tensor_json(graph_.value(id)));
    for (ValueId id : node.out) outputs.push_back(tensor_json(graph_.value(id)));
    Json layer;
    layer.set("name", node.name).set("op", node.op->name).set("macs", macs).set("constant_bytes", constant_bytes);
    layer.set("attributes", attributes_json(node)).set("inputs", inputs).set("outputs", outputs);
    layers_.push_back(std::move(layer));
  }

  std::string ports_text() const {
    Table table({{"port"}, {"name"}, {"type"}, {"real value"}, {"bytes", Align::Right}});
    const auto add_all = [&](const char* what, const std::vector<ValueId>& ids) {
      for (ValueId id : ids)
        table.row({what, short_name(graph_.value(id).name), type_text(graph_.type(id)), quant_text(graph_.type(id).quant),
                   graph_.type(id).bytes()});
    };
    add_all("input", graph_.inputs);
    add_all("output", graph_.outputs);
    for (const Value& value : graph_.values)
      if (value.state)
        table.row({"state", short_name(value.name), type_text(value.type), quant_text(value.type.quant), value.type.bytes()});
    return table.text();
  }

  std::string layers_text() const {
    Table table = table_;
    return table.total({"", "total", "", "", "", totals_.constant_bytes, totals_.macs}).text();
  }

  /// Which ops the MACs are in.
  std::string ops_text() const {
    std::map<std::string_view, std::pair<int, int64_t>> by_op;
    for (const Node& node : graph_.nodes) {
      auto& [count, macs] = by_op[node.op->name];
      ++count;
      macs += macs_of(graph_, node);
    }
    std::vector<std::pair<std::string_view, std::pair<int, int64_t>>> rows(by_op.begin(), by_op.end());
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second.second > b.second.second; });
    Table table({{"op"}, {"layers", Align::Right}, {"MACs", Align::Right}, {"share", Align::Right}});
    for (const auto& [op, sums] : rows)
      table.row(
          {Cell(op, Style::Accent), sums.first, sums.second,
           sums.second > 0 ? Cell(percent(static_cast<double>(sums.second), static_cast<double>(totals_.macs))) : Cell("-", Style::Dim)});
    return "\n" + table.text();
  }

  Json ports_json(const std::vector<ValueId>& ids) const {
    Json::Array ports;
    for (ValueId id : ids) ports.push_back(tensor_json(graph_.value(id)));
    return ports;
  }

  const Graph& graph_;
  Totals totals_;
  std::set<ValueId> counted_;
  Table table_{{{"#", Align::Right},
                {"op"},
                {"layer"},
                {"output"},
                {"real value", Align::Left, true},
                {"constants B", Align::Right, true},
                {"MACs", Align::Right}}};
  Json::Array layers_;
};

StepResult run(const AttrBag& bag, Progress&) {
  const auto request = from_bag<InspectRequest>(bag);
  Graph graph = load_model_or_project(request.model).graph;
  if (request.after_passes) graph = after_passes(std::move(graph));
  const Inspection inspection(graph);
  StepResult result{.text = inspection.text(), .json = inspection.json(request.model)};
  if (request.graph) result.text += "\n" + print(graph);
  return result;
}

}  // namespace

std::span<const Step> inspect_steps() {
  static const Step kRows[] = {
      {.name = "inspect",
       .summary = "what is in a model: layers, shapes, quantisation, sizes, multiply-accumulates",
       .stage = Stage::Look,
       .details = "Reads the file and nothing else: no board is needed. A quantised integer q stands for the real value shown, "
                  "for example 0.0039 x (q + 128).",
       .examples = "thimble inspect kws.tflite\n"
                   "thimble inspect kws.tflite --after-passes   # what is left to run on the device\n"
                   "thimble inspect kws.tflite --graph          # every attribute of every layer\n"
                   "thimble inspect kws.tflite --json | jq .macs",
       .positional = {"model"},
       .required = 1,
       .fields = request_fields<InspectRequest>,
       .run = run}};
  return kRows;
}

}  // namespace thimble

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/table.h"
#include "kernels/kernel.h"
#include "steps/pipeline.h"

namespace thimble {
namespace {

struct ExplainRequest : ModelOnBoard {
  int64_t layer = -1;
  template <class V>
  void fields(V&& v) {
    ModelOnBoard::fields(v);
    v("layer", layer, "only this layer; -1 for all", at_least(-1));
  }
};

/// `first`: the row that the table would take. `cheapest`: no other is estimated at fewer cycles.
std::string verdict_text(const Verdict& verdict, bool chosen, bool first, bool cheapest) {
  if (!chosen && cheapest) return "could run it, and is estimated cheapest";
  if (!chosen) return verdict.waits ? "could run it, costs more: its long loops wait for the flash" : "could run it, costs more";
  if (first && cheapest) return "chosen: the cheapest that can run it";
  if (first && verdict.kernel->half_weights) return "chosen: its weights take half the flash";
  return "chosen: to save RAM, or measured fastest by `thimble tune`";
}

double least_cycles(const std::vector<Verdict>& verdicts) {
  double least = std::numeric_limits<double>::infinity();
  for (const Verdict& verdict : verdicts)
    if (verdict.refusal.empty()) least = std::min(least, verdict.cycles);
  return least;
}

std::string layer_text(size_t index, const Layer& layer, const Graph& graph, const std::vector<Verdict>& verdicts) {
  const Node& node = graph.nodes[static_cast<size_t>(layer.node)];
  const TensorType& out = graph.type(node.out[0]);
  std::string text = fmt::format("{}  {}  {}  {} {}\n", styled(Style::Bold, fmt::format("{:>3}", index)), styled(Style::Accent, layer.op),
                                 short_name(layer.name, 48), name_of(out.dtype), to_string(out.shape));
  Table table({{""}, {"kernel"}, {"est. cycles", Align::Right}, {"cycles/MAC", Align::Right}, {"verdict", Align::Wrap}});
  const double least = least_cycles(verdicts);
  for (const Verdict& verdict : verdicts) {
    const bool chosen = verdict.kernel->name == layer.kernel;
    const Style style = chosen ? Style::Good : Style::Dim;
    if (!verdict.refusal.empty()) {
      table.row({"", Cell(verdict.kernel->name, style), Cell("-", style), Cell("-", style), verdict.refusal});
      continue;
    }
    const bool per_mac = layer.macs > 0;
    table.row({chosen ? Cell("▶", Style::Good) : Cell(""), Cell(verdict.kernel->name, style), static_cast<int64_t>(verdict.cycles),
               per_mac ? fmt::format("{:.1f}", verdict.cycles / static_cast<double>(layer.macs)) : std::string("-"),
               verdict_text(verdict, chosen, &verdict == verdicts.data(), verdict.cycles <= least)});
  }
  return text + table.text() + "\n";
}

Json layer_json(size_t index, const Layer& layer, const std::vector<Verdict>& verdicts) {
  Json::Array rows;
  for (const Verdict& verdict : verdicts) {
    Json row;
    row.set("kernel", verdict.kernel->name).set("chosen", verdict.kernel->name == layer.kernel);
    if (verdict.refusal.empty())
      row.set("cycles", verdict.cycles).set("waits_for_flash", verdict.waits);
    else
      row.set("refusal", verdict.refusal);
    rows.push_back(std::move(row));
  }
  Json json;
  return json.set("index", static_cast<int64_t>(index))
      .set("name", layer.name)
      .set("op", layer.op)
      .set("kernel", layer.kernel)
      .set("macs", layer.macs)
      .set("considered", rows);
}

StepResult run(const AttrBag& bag, Progress& progress) {
  const auto request = from_bag<ExplainRequest>(bag);
  const Prepared model = prepare(request, progress);
  const std::vector<Layer>& layers = model.compiled.layers;
  if (request.layer >= static_cast<int64_t>(layers.size()))
    throw Error(Blame::User, fmt::format("there is no layer {}", request.layer),
                fmt::format("'{}' has layers 0 to {} on {}", request.model, layers.size() - 1, request.board));
  std::string text =
      fmt::format("{} on {}: which kernel runs each layer, and why\n\n", styled(Style::Bold, model.compiled.name), request.board);
  for (const std::string& change : model.saved) text += "  " + wrapped(change, terminal().width - 2, "  ") + "\n";
  if (!model.saved.empty()) text += "\n";
  Json::Array rows;
  double cycles = 0;
  for (size_t i = 0; i < layers.size(); ++i) {
    const std::vector<Verdict> verdicts =
        consider(model.compiled.graph.nodes[static_cast<size_t>(layers[i].node)], model.compiled.graph, *model.board, request.optimize);
    for (const Verdict& verdict : verdicts)
      if (verdict.kernel->name == layers[i].kernel) cycles += verdict.cycles;
    if (request.layer >= 0 && request.layer != static_cast<int64_t>(i)) continue;
    text += layer_text(i, layers[i], model.compiled.graph, verdicts);
    rows.push_back(layer_json(i, layers[i], verdicts));
  }
  text += fmt::format("{} cycles estimated in all; `thimble profile {} --board {}` measures them.\n", rounded(cycles), request.model,
                      request.board);
  Json json;
  json.set("model", request.model).set("board", request.board).set("estimated_cycles", cycles).set("layers", rows);
  return {.text = std::move(text), .json = std::move(json)};
}

}  // namespace

std::span<const Step> explain_steps() {
  static const Step kRows[] = {
      {.name = "explain",
       .summary = "which kernel was chosen for each layer, and why the others were not",
       .stage = Stage::Measure,
       .details =
           "Every kernel of a layer's op is asked whether the board and the layer suit it; of those that do, the one with the fewest "
           "estimated cycles is chosen.",
       .examples = "thimble explain kws.tflite --board nano33ble\n"
                   "thimble explain kws.tflite --board pico --layer 3",
       .positional = {"model"},
       .required = 0,
       .fields = request_fields<ExplainRequest>,
       .run = run}};
  return kRows;
}

}  // namespace thimble

#include "formats/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "formats/advice.h"
#include "formats/tflite.h"
#include "ops/ops.h"

namespace thimble {
namespace {

struct Reading {
  const OpDef* op;
  const ForeignMap* map;
};

/// Foreign op name -> the ops that can become it, in table order.
const std::multimap<std::string_view, Reading>& readings() {
  static const auto kAll = [] {
    std::multimap<std::string_view, Reading> all;
    for (const OpDef* op : all_ops())
      for (const ForeignMap& map : op->tflite) all.emplace(map.name, Reading{op, &map});
    return all;
  }();
  return kAll;
}

/// "CONV_2D 'conv1'". Fused layers have a name per part, joined by ';': the first tells enough.
std::string label_of(const ForeignNode& node) {
  constexpr size_t kLong = 60;
  std::string name = node.op == "CUSTOM" ? attr_or<std::string>(node, "custom_code", "") : node.name.substr(0, node.name.find(';'));
  if (name.size() > kLong) name = name.substr(0, kLong) + "...";
  return name.empty() ? node.op : fmt::format("{} '{}'", node.op, name);
}

class Importer {
 public:
  Importer(const ForeignGraph& foreign, Faults faults) : foreign_(foreign), faults_(std::move(faults)) {}

  Graph run() {
    graph_.name = foreign_.name;
    for (const ForeignTensor& tensor : foreign_.tensors) graph_.values.push_back({tensor.name, tensor.type, tensor.data, tensor.variable});
    graph_.inputs.assign(foreign_.inputs.begin(), foreign_.inputs.end());
    graph_.outputs.assign(foreign_.outputs.begin(), foreign_.outputs.end());
    const bool readable = faults_.empty();
    for (size_t i = 0; i < foreign_.nodes.size(); ++i) read_node(foreign_.nodes[i], i, readable);
    faults_.raise();
    forget_empty();
    verify(graph_, Blame::User);
    return std::move(graph_);
  }

 private:
  /// Without `judge` only the op's name is looked at: a tensor that could not be held would draw faults that are none.
  void read_node(const ForeignNode& node, size_t index, bool judge) {
    const auto [first, last] = readings().equal_range(node.op);
    if (first == last) return faults_.node(label_of(node), index, Blame::Unsupported, advice_for(node));
    if (!judge) return;
    for (auto it = first; it != last; ++it) {
      try {
        graph_.nodes.push_back(translate(node, it->second));
        return;
      } catch (const Error& error) {
        if (error.blame == Blame::Bug || error.blame == Blame::Environment) throw;
        if (std::next(it) != last) continue;
        faults_.node(label_of(node), index, error.blame,
                     error.hint.empty() ? error.what() : fmt::format("{}; {}", error.what(), error.hint));
      }
    }
  }

  Node translate(const ForeignNode& foreign, const Reading& reading) {
    const OpDef& op = *reading.op;
    if (foreign.in.empty() || foreign.in[0] < 0) throw Error(Blame::User, "has no input");
    if (foreign.out.empty()) throw Error(Blame::User, "has no output");
    Translated read = reading.map->read ? reading.map->read(foreign, foreign_) : Translated{op.attrs, foreign.in};
    Node node{&op, foreign.name, {read.in.begin(), read.in.end()}, {foreign.out.begin(), foreign.out.end()}, std::move(read.attrs)};
    const auto count = static_cast<int>(node.in.size());
    if (count < op.min_in || (op.max_in >= 0 && count > op.max_in))
      throw Error(Blame::User, op.min_in == op.max_in ? fmt::format("has {} operands and takes {}", count, op.min_in)
                                                      : fmt::format("has {} operands and takes {} to {}", count, op.min_in, op.max_in));
    check_operands(node);
    check_types(node, op.infer(node.attrs, input_views(graph_, node)));
    return node;
  }

  /// What `infer` may rely on.
  void check_operands(const Node& node) const {
    for (size_t i = 0; i < node.in.size(); ++i) {
      const bool optional = i >= static_cast<size_t>(node.op->min_in) && node.op->max_in >= 0;  // of a list, none may be missing
      if (node.in[i] == kAbsent && !optional) throw Error(Blame::User, fmt::format("lacks operand {}", i));
      if (node.in[i] == kAbsent || graph_.type(node.in[i]).elements() > 0) continue;
      const Value& value = graph_.value(node.in[i]);
      throw Error(Blame::User, fmt::format("reads '{}', which is empty (shape {})", value.name, to_string(value.type.shape)));
    }
  }

  void check_types(const Node& node, std::span<const TensorType> made) const {
    if (made.size() != node.out.size())
      throw Error(Blame::User, fmt::format("has {} outputs where its operands make {}", node.out.size(), made.size()));
    for (size_t i = 0; i < made.size(); ++i) {
      const TensorType& held = graph_.type(node.out[i]);
      if (held.dtype != made[i].dtype || held.shape != made[i].shape)
        throw Error(Blame::User,
                    fmt::format("its output '{}' is {}[{}] in the file; its operands make {}[{}]", graph_.value(node.out[i]).name,
                                name_of(held.dtype), to_string(held.shape), name_of(made[i].dtype), to_string(made[i].shape)));
    }
  }

  /// Constants that only steered the import may be empty (the shape of a scalar), which no value of a graph is.
  void forget_empty() {
    std::vector<bool> used(graph_.values.size());
    const auto use = [&](std::span<const ValueId> ids) {
      for (ValueId id : ids)
        if (id != kAbsent) used[static_cast<size_t>(id)] = true;
    };
    use(graph_.inputs);
    use(graph_.outputs);
    for (const Node& node : graph_.nodes) {
      use(node.in);
      use(node.out);
    }
    for (size_t i = 0; i < used.size(); ++i) {
      Value& value = graph_.values[i];
      if (used[i] || value.type.elements() != 0) continue;
      value.type = {DType::U8, {1}, {}};
      value.data = make_bytes({std::byte{0}});
    }
  }

  const ForeignGraph& foreign_;
  Faults faults_;
  Graph graph_;
};

/// An ONNX file is a protobuf that begins with its ir_version and names its producer, model version, graph or op set next.
bool looks_like_onnx(std::span<const std::byte> file) {
  if (file.size() < 3 || file[0] != std::byte{0x08} || file[1] > std::byte{0x20}) return false;
  constexpr int kNext[] = {0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42};
  return std::find(std::begin(kNext), std::end(kNext), std::to_integer<int>(file[2])) != std::end(kNext);
}

}  // namespace

Graph import_graph(const ForeignGraph& foreign, Faults faults) { return Importer(foreign, std::move(faults)).run(); }

Graph import_bytes(std::span<const std::byte> file, std::string name) {
  if (!looks_like_tflite(file) && looks_like_onnx(file))
    throw Error(Blame::Unsupported, "this is an ONNX model; ONNX import is not built in yet", "convert the model to .tflite");
  Faults faults;
  const ForeignGraph foreign = read_tflite(file, std::move(name), faults);
  return import_graph(foreign, std::move(faults));
}

Graph import_model(const fs::path& path) {
  const std::string file = path.filename().string();
  const Doing doing([&] { return "importing '" + file + "'"; });
  return import_bytes(read_bytes(path), path.stem().string());
}

}  // namespace thimble

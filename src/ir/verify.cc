#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "ir/graph.h"

namespace thimble {
namespace {

class Verifier {
 public:
  explicit Verifier(const Graph& graph) : graph_(graph), defined_(graph.values.size()) {}

  std::string faults() {
    for (size_t i = 0; i < graph_.values.size(); ++i) check_value(graph_.values[i], i);
    define_all("graph input", graph_.inputs);
    if (!text_.empty()) return text_;
    for (const Node& node : graph_.nodes) check_node(node);
    for (ValueId id : graph_.outputs)
      if (!known(id) || !defined_[static_cast<size_t>(id)]) fault(fmt::format("graph output {} is never computed", id));
    if (graph_.outputs.empty()) fault("the graph has no output");
    return text_;
  }

 private:
  void fault(const std::string& line) { text_ += "\n  " + line; }
  bool known(ValueId id) const { return id >= 0 && static_cast<size_t>(id) < graph_.values.size(); }

  void check_value(const Value& value, size_t index) {
    const auto say = [&](std::string_view what) { fault(fmt::format("value {} '{}': {}", index, value.name, what)); };
    for (int64_t d : value.type.shape)
      if (d < 1) return say(fmt::format("has shape {}; every dimension must be at least 1", to_string(value.type.shape)));
    if (!fits(value.type))
      return say(
          fmt::format("has shape {}; no tensor may exceed {} bytes", to_string(value.type.shape), std::numeric_limits<int32_t>::max()));
    if (value.data && static_cast<int64_t>(value.data->size()) != value.type.bytes())
      say(fmt::format("holds {} bytes where {} needs {}", value.data->size(), to_string(value.type), value.type.bytes()));
    check_quant(value.type, say);
    defined_[index] = value.constant() || value.state;
  }

  /// Sizes and offsets are 32-bit on the boards.
  static bool fits(const TensorType& type) {
    int64_t left = std::numeric_limits<int32_t>::max() / bytes_of(type.dtype);
    for (int64_t d : type.shape) left /= d;
    return left > 0;
  }

  template <class Say>
  static void check_quant(const TensorType& type, const Say& say) {
    const Quant& quant = type.quant;
    if (quant.scale.size() != quant.zero.size()) say("has scales and zero points in different numbers");
    for (float scale : quant.scale)
      if (!std::isfinite(scale) || scale <= 0) return say(fmt::format("has scale {}; scales must be positive", scale));
    if (!quant.per_channel()) return;
    if (quant.axis < 0 || quant.axis >= type.rank())
      return say(fmt::format("has per-channel scales along axis {}, which it lacks", quant.axis));
    if (type.shape[static_cast<size_t>(quant.axis)] != static_cast<int64_t>(quant.scale.size()))
      say(fmt::format("has {} scales along axis {} of {}", quant.scale.size(), quant.axis, to_string(type.shape)));
  }

  void define_all(std::string_view what, std::span<const ValueId> ids) {
    for (ValueId id : ids) {
      if (!known(id)) {
        fault(fmt::format("{} {} does not exist", what, id));
      } else if (defined_[static_cast<size_t>(id)]) {
        fault(fmt::format("{} '{}' is defined twice", what, graph_.value(id).name));
      } else {
        defined_[static_cast<size_t>(id)] = true;
      }
    }
  }

  void check_node(const Node& node) {
    const auto say = [&](std::string_view what) {
      fault(fmt::format("node '{}' ({}): {}", node.name, node.op ? node.op->name : "no op", what));
    };
    if (!node.op) return say("has no op");
    const auto operands = static_cast<int>(node.in.size());
    if (operands < node.op->min_in || (node.op->max_in >= 0 && operands > node.op->max_in))
      return say(fmt::format("has {} operands; it takes {} to {}", operands, node.op->min_in, node.op->max_in));
    for (size_t i = 0; i < node.in.size(); ++i) {
      const ValueId id = node.in[i];
      if (id == kAbsent && i < static_cast<size_t>(node.op->min_in)) return say(fmt::format("operand {} is absent", i));
      if (id == kAbsent) continue;
      if (!known(id)) return say(fmt::format("reads value {}, which does not exist", id));
      if (!defined_[static_cast<size_t>(id)]) return say(fmt::format("reads '{}' before it is computed", graph_.value(id).name));
    }
    define_all("output of node '" + node.name + "',", node.out);
    for (ValueId id : node.out)
      if (!known(id)) return;
    check_types(node, say);
  }

  template <class Say>
  void check_types(const Node& node, const Say& say) {
    try {
      const std::vector<TensorType> types = node.op->infer(node.attrs, input_views(graph_, node));
      if (types.size() != node.out.size()) return say(fmt::format("has {} outputs; its operands make {}", node.out.size(), types.size()));
      for (size_t i = 0; i < types.size(); ++i) {
        const TensorType& have = graph_.type(node.out[i]);
        if (have.dtype != types[i].dtype || have.shape != types[i].shape)
          say(fmt::format("output {} is {}[{}]; its operands make {}[{}]", i, name_of(have.dtype), to_string(have.shape),
                          name_of(types[i].dtype), to_string(types[i].shape)));
      }
    } catch (const Error& error) {
      say(error.what());
    }
  }

  const Graph& graph_;
  std::vector<bool> defined_;
  std::string text_;
};

}  // namespace

void verify(const Graph& graph, Blame blame) {
  const std::string faults = Verifier(graph).faults();
  if (!faults.empty()) throw Error(blame, "the graph '" + graph.name + "' is not sound:" + faults);
}

}  // namespace thimble

#include <fmt/format.h>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace thimble {
namespace {

/// The int8 constant behind operand 1, when a dequantize of it is what the node reads.
ValueId stored_weights(const Graph& graph, const Uses& uses, const Node& node) {
  const ValueId weights = operand(node, 1);
  if (weights == kAbsent || uses.producer[static_cast<size_t>(weights)] < 0) return kAbsent;
  const Node& producer = graph.nodes[static_cast<size_t>(uses.producer[static_cast<size_t>(weights)])];
  const Value* stored = constant_operand(graph, producer, 0);
  return is_op(producer, {"dequantize"}) && stored && stored->type.dtype == DType::I8 ? producer.in[0] : kAbsent;
}

/// Float layers read int8 weights as they are stored: a quarter of the flash, the same products.
int run(Graph& graph, PassContext& context) {
  const Uses uses = uses_of(graph);
  int rewrites = 0;
  for (Node& node : graph.nodes) {
    if (!is_op(node, {"conv2d", "dwconv2d", "fully_connected", "transpose_conv"})) continue;
    const ValueId stored = stored_weights(graph, uses, node);
    if (stored == kAbsent) continue;
    Node hybrid = node;
    hybrid.in[1] = stored;
    if (!inferred(graph, hybrid)) continue;
    node.in[1] = stored;
    context.note(fmt::format("'{}' reads its weights as int8", node.name));
    ++rewrites;
  }
  return rewrites;
}

}  // namespace

std::span<const Pass> int8_weights_passes() {
  static const Pass kPasses[] = {{"int8_weights", "let float layers read int8 weights instead of a dequantised copy", run}};
  return kPasses;
}

}  // namespace thimble

#include <fmt/format.h>

#include <algorithm>

#include "ops/ops.h"
#include "ops/reshape.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace thimble {
namespace {

bool all_positive(const std::optional<std::vector<int64_t>>& numbers) {
  return numbers && std::all_of(numbers->begin(), numbers->end(), [](int64_t n) { return n > 0; });
}

/// True for a transpose that moves only axes of one element: the others keep their order, so memory does.
bool keeps_order(const Graph& graph, const Node& node) {
  const auto perm = attr<std::vector<int64_t>>(node, "perm");
  if (!is_op(node, {"transpose"}) || !perm) return false;
  int64_t last = -1;
  for (int64_t axis : *perm) {
    if (graph.type(node.in[0]).shape[static_cast<size_t>(axis)] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

/// A reshape costs nothing on a device.
int reshape_for_transpose(Graph& graph, PassContext& context) {
  int rewrites = 0;
  for (Node& node : graph.nodes) {
    if (!keeps_order(graph, node)) continue;
    node.op = &op_named("reshape");
    node.attrs = ReshapeAttrs{graph.type(node.out[0]).shape};
    context.note(fmt::format("'{}' transposes nothing but axes of one element", node.name));
    ++rewrites;
  }
  return rewrites;
}

/// True when the node hands its first operand on, bit for bit. Type and shape are the same already.
bool passes_through(const Node& node) {
  if (is_op(node, {"reshape", "pad", "cast", "quantize", "split"})) return node.out.size() == 1;
  if (is_op(node, {"concat"})) return node.in.size() == 1;
  if (is_op(node, {"strided_slice"})) return all_positive(attr<std::vector<int64_t>>(node, "step"));
  return false;
}

/// A reshape of a reshape reads what the first one read.
int merge_reshapes(Graph& graph, PassContext& context) {
  const Uses uses = uses_of(graph);
  int rewrites = 0;
  for (Node& node : graph.nodes) {
    if (!is_op(node, {"reshape"})) continue;
    const int before = uses.producer[static_cast<size_t>(node.in[0])];
    if (before < 0 || !is_op(graph.nodes[static_cast<size_t>(before)], {"reshape"})) continue;
    const ValueId source = graph.nodes[static_cast<size_t>(before)].in[0];
    if (graph.value(source).state) continue;
    node.in[0] = source;
    context.note(fmt::format("'{}' reshapes a reshape", node.name));
    ++rewrites;
  }
  if (rewrites > 0) erase_unread(graph, "reshape");
  return rewrites;
}

int run(Graph& graph, PassContext& context) {
  int rewrites = reshape_for_transpose(graph, context);
  rewrites += merge_reshapes(graph, context);
  std::vector<bool> dead(graph.nodes.size());
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    if (node.in.empty() || node.in[0] == kAbsent || graph.type(node.in[0]) != graph.type(node.out[0]) || !passes_through(node)) continue;
    if (!replace_output(graph, uses_of(graph), n, node.in[0], dead)) continue;
    context.note(fmt::format("'{}' ({}) changes nothing", node.name, node.op->name));
    ++rewrites;
  }
  erase_nodes(graph, dead);
  return rewrites;
}

}  // namespace

std::span<const Pass> identities_passes() {
  static const Pass kPasses[] = {{"identities", "drop reshapes, transposes, slices, pads, casts that change nothing; merge reshapes", run}};
  return kPasses;
}

}  // namespace thimble

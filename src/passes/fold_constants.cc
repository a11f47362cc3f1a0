#include <fmt/format.h>

#include <algorithm>

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace thimble {
namespace {

constexpr int64_t kSmall = 4096;

bool all_constant(const Graph& graph, const Node& node) {
  return node.op->state_in.empty() &&
         std::all_of(node.in.begin(), node.in.end(), [&](ValueId id) { return id == kAbsent || graph.value(id).constant(); });
}

/// A small constant spread out over a large one (a tile, a resize) would cost flash that computing it does not.
bool blows_up(const Graph& graph, const Node& node) {
  int64_t in = 0, out = 0;
  for (ValueId id : node.in) in += id == kAbsent ? 0 : graph.type(id).bytes();
  for (ValueId id : node.out) out += graph.type(id).bytes();
  return out > kSmall && out > 4 * in;
}

/// A graph output has to be written by a node, so its producer stays.
bool makes_output(const Graph& graph, const Node& node) {
  return std::any_of(node.out.begin(), node.out.end(), [&](ValueId id) { return is_graph_output(graph, id); });
}

int run(Graph& graph, PassContext& context) {
  std::vector<bool> dead(graph.nodes.size());
  int rewrites = 0;
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    if (!all_constant(graph, node) || makes_output(graph, node)) continue;
    if (blows_up(graph, node)) {
      context.note(fmt::format("'{}' stays: its result is far larger than its operands", node.name));
      continue;
    }
    const Doing doing([&] { return fmt::format("folding node '{}' ({})", node.name, node.op->name); });
    std::vector<Buffer> results = eval_constant(graph, node);
    for (size_t i = 0; i < results.size(); ++i) graph.value(node.out[i]).data = make_bytes(std::move(results[i]));
    context.note(fmt::format("'{}' ({}) is constant", node.name, node.op->name));
    dead[n] = true;
    ++rewrites;
  }
  erase_nodes(graph, dead);
  return rewrites;
}

}  // namespace

std::span<const Pass> fold_constants_passes() {
  static const Pass kPasses[] = {{"fold_constants", "compute now what depends on constants only", run}};
  return kPasses;
}

}  // namespace thimble

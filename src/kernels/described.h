/// Rows whose kernels know no graphs: what they run is described to them, so that ops that are one at heart share all but the description.
/// A family overloads, for its description, refuses_described, scratch_described, cost_described, overlap_described and lower_described.
#pragma once

#include "kernels/kernel.h"

namespace thimble {

/// `row` with the functions of the family. operands: refuses what cannot be described; describe: makes the description of a node.
template <auto operands, auto describe>
constexpr Kernel described(Kernel row) {
  row.refuses = [](const Node& node, const Graph& graph) -> std::optional<std::string> {
    if (auto reason = operands(node, graph)) return reason;
    return refuses_described(describe(node, graph));
  };
  row.scratch = [](const Node& node, const Graph& graph) { return scratch_described(describe(node, graph)); };
  row.cycles = [](const Node& node, const Graph& graph, const Board& board) { return cost_described(describe(node, graph), board); };
  row.lower = [](const Node& node, const Graph& graph) { return lower_described(describe(node, graph)); };
  row.overlap = [](const Node& node, const Graph& graph) { return overlap_described(describe(node, graph)); };
  return row;
}

}  // namespace thimble

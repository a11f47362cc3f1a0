/// Rows whose kernels know no graphs: what they run is described to them, so that ops that are one at heart share all but the description.
#pragma once

#include <concepts>
#include <type_traits>

#include "kernels/kernel.h"

namespace thimble {

/// What a family overloads for its description, beside its struct.
template <class T>
concept Description = requires(const T& what, const Board& board) {
  { refuses_described(what) } -> std::same_as<std::optional<std::string>>;
  { scratch_described(what) } -> std::same_as<int64_t>;
  { cost_described(what, board) } -> std::same_as<double>;
  { overlap_described(what) } -> std::same_as<std::optional<int64_t>>;
  { lower_described(what) } -> std::same_as<KernelCall>;
};

/// `row` with the functions of the family. operands: refuses what cannot be described; describe: makes the description of a node.
template <auto operands, auto describe>
constexpr Kernel described(Kernel row) {
  using What = std::remove_cvref_t<std::invoke_result_t<decltype(describe), const Node&, const Graph&>>;
  static_assert(Description<What>, "a description lacks one of the functions that Description names");
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

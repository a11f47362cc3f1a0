/// The kernel of every node: the cheapest admissible row, or every reason why there is none. And what the planner must know of them.
#pragma once

#include <vector>

#include "codegen/compiled.h"

namespace thimble {

/// One kernel per node, in node order: the preferred one where it is admissible, else the cheapest. Throws one Unsupported error that names
/// every node no kernel runs, with all refusals.
std::vector<const Kernel*> choose_kernels(const Graph& graph, const Board& board, Optimize optimize, const Preference& prefer = {});

/// What the planner must know of a node, or of each one, once it has a kernel.
PlanStep plan_step(const Node& node, const Kernel& kernel, const Graph& graph);
std::vector<PlanStep> plan_steps(const Graph& graph, const std::vector<const Kernel*>& kernels);

}  // namespace thimble

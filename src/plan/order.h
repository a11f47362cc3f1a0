/// In which order to run a branching graph so that the least memory is alive at its worst moment.
#pragma once

#include <span>

#include "plan/plan.h"

namespace thimble {

/// An order of the nodes whose peak of live bytes is never above that of the order they stand in, and the least possible
/// when the search ends within its bound (it does for graphs of tens of nodes; larger ones get a beam search).
/// The given order is kept unless a better one is found; nodes that share state keep their order.
std::vector<int> best_order(const Graph& graph, std::span<const PlanStep> steps);

}  // namespace thimble

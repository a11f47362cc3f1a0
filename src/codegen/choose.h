/// The kernel of every node: the cheapest admissible row, or every reason why there is none.
#pragma once

#include <vector>

#include "kernels/kernel.h"

namespace thimble {

/// One kernel per node, in node order. Throws one Unsupported error that names every node no kernel runs, with all refusals.
std::vector<const Kernel*> choose_kernels(const Graph& graph, const Board& board, Optimize optimize);

}  // namespace thimble

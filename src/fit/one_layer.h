/// One layer of a model by itself: taken out of it, named by its shape, with the kernels that can run it.
#pragma once

#include <string>
#include <vector>

#include "kernels/kernel.h"

namespace thimble {

/// A graph of that node only: its constants and states with it, its other operands as inputs.
Graph alone(const Graph& graph, const Node& node);

/// What kernels are chosen by: the op, attributes that are not the op's default, types and shapes of operands and results, which operands
/// are constant. Two layers of one shape have the same text, whatever their weights.
std::string shape_text(const Node& node, const Graph& graph);

/// Rows that can run the node on the board, the table's choice first.
std::vector<const Kernel*> admissible_kernels(const Node& node, const Graph& graph, const Board& board, Optimize optimize);

}  // namespace thimble

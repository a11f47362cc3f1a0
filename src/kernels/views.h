/// Nodes that only rearrange bytes, where these stay side by side: no code need run for them.
#pragma once

#include <vector>

#include "ir/graph.h"

namespace thimble {

/// Where each operand begins in the only output (concat, pack), in bytes; empty where the output is not its operands side by side.
std::vector<int64_t> operands_in_output(const Node& node, const Graph& graph);

/// Where each output begins in operand 0 (split, unpack, strided_slice), in bytes; empty where it is not bytes of it side by side.
std::vector<int64_t> outputs_in_operand(const Node& node, const Graph& graph);

}  // namespace thimble

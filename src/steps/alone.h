/// One layer of a model measured by itself.
#pragma once

#include "kernels/kernel.h"

namespace thimble {

/// Instructions and cycles of the node run by that kernel on the emulated board, on one seeded random input. An Unsupported error where the
/// emulator does not count.
struct AloneCost {
  int64_t instructions = 0, cycles = 0;
};
AloneCost measure_alone(const Graph& graph, const Node& node, const Kernel& kernel, const Board& board, Optimize optimize);

}  // namespace thimble

/// Kernels that would lower the worst moment of a plan: slower ones that need less scratch, or whose output may lie over their input.
#pragma once

#include "fit/pricing.h"

namespace thimble {

struct SwapCandidate {
  std::vector<int> nodes;  ///< all of one shape
  std::string shape, kernel, instead_of;
  int64_t peak = 0;         ///< bytes of the arena while they run
  int64_t peak_beside = 0;  ///< the most that live at a time while other layers run, if that is less than now
  double cycles = 0;        ///< more than now
};

/// For each shape of layer at the peak of the arena, the other kernels that take less there. A shape is swapped once. `price` is that of
/// `graph` with `swaps`.
std::vector<SwapCandidate> swap_candidates(const Graph& graph, const Price& price, const Swaps& swaps, Pricer& pricer);

}  // namespace thimble

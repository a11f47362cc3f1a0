/// Ways to cut a chain of layers into strips around the worst moment of a plan, each priced by planning it alone.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "fit/pricing.h"
#include "passes/strips.h"

namespace thimble {

struct StripCandidate {
  Chain chain;
  std::vector<int64_t> heights;
  int64_t peak = 0;         ///< bytes of the arena while the strips run
  int64_t peak_beside = 0;  ///< the most that live at a time while other layers run, if that is less than now
  double cycles = 0;        ///< more than uncut
};

/// Chains of two layers and more at the peak of the arena, whose strips take less than that: for each chain a few strips, and more as long
/// as they take less than fewer do and more than the layers beside the chain. `price` is that of `graph`.
std::vector<StripCandidate> strip_candidates(const Graph& graph, const Price& price, const Swaps& swaps, Pricer& pricer);

/// The nodes that run while a buffer reaches the end of the arena.
std::set<int> nodes_at_peak(const Plan& plan);

/// The most that live while nodes outside of `nodes` run, if it is less than the arena by more than a percent: an equal peak elsewhere is
/// another change's matter.
int64_t peak_beside(const Plan& plan, const std::vector<int>& nodes);

}  // namespace thimble

/// How near two buffers may come to each other: apart from end to end, or one over the other as far as their lives allow.
#pragma once

#include <span>

#include "plan/lifetimes.h"

namespace thimble {

/// For each pair of buffers the least distance at which one begins after the other.
class Distances {
 public:
  /// Buffers that live together lie apart.
  explicit Distances(std::span<const PlanBuffer> buffers);

  /// The least that buffer `upper` may begin after `lower` when it does not begin before it: 0 to the bytes of `lower`.
  int64_t over(size_t upper, size_t lower) const { return over_[upper * count_ + lower]; }
  void set_over(size_t upper, size_t lower, int64_t bytes) { over_[upper * count_ + lower] = bytes; }
  /// True when some position needs both.
  bool together(size_t a, size_t b) const { return buffers_[a].first <= buffers_[b].last && buffers_[b].first <= buffers_[a].last; }
  /// The most bytes that two which live together can have in common.
  int64_t common(size_t a, size_t b) const;

 private:
  std::span<const PlanBuffer> buffers_;
  size_t count_;
  std::vector<int64_t> over_;
};

/// What kernels that may write over their operand, and pieces that are taken later or freed earlier than the rest, make of the distances.
Distances distances_of(const Graph& graph, std::span<const PlanStep> steps, std::span<const int> order, const Lifetimes& lifetimes);

/// Bytes that cannot be less at each of `positions` (one at least, so that a graph without nodes has its ports counted).
std::vector<int64_t> live_bytes_of(std::span<const PlanBuffer> buffers, const Distances& distances, size_t positions);

/// What no placement can go below: at one position, the live bytes, or what their alignment adds to them.
int64_t lower_bound_of(std::span<const PlanBuffer> buffers, const Distances& distances, size_t positions);

}  // namespace thimble

/// Which values share memory, and from when to when each stretch of memory is taken.
#pragma once

#include <span>

#include "plan/plan.h"
#include "plan/views.h"

namespace thimble {

/// Bytes of a buffer that are taken from the position at which they are first written to the one at which they are last read (of a graph
/// output: the one after all).
struct Piece {
  int64_t begin = 0, end = 0;
  int first = 0, last = 0;
};

/// Buffers without offsets yet, for one order of the nodes.
struct Lifetimes {
  std::vector<PlanBuffer> buffers;
  std::vector<std::vector<Piece>> pieces;  ///< of each buffer, lowest first; every byte is in one
  std::vector<int> buffer_of, scratch_of;  ///< as in Plan
  std::vector<int64_t> offset_in;
  std::vector<bool> is_view;
};
Lifetimes lifetimes_of(const Graph& graph, std::span<const PlanStep> steps, std::span<const int> order);

}  // namespace thimble

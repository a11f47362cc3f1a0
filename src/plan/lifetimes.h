/// Which values share memory, and from when to when each stretch of memory is taken.
#pragma once

#include <span>

#include "plan/plan.h"

namespace thimble {

/// Buffers without offsets yet, for one order of the nodes.
struct Lifetimes {
  std::vector<PlanBuffer> buffers;
  std::vector<int> buffer_of, scratch_of;  ///< as in Plan
};
Lifetimes lifetimes_of(const Graph& graph, std::span<const PlanStep> steps, std::span<const int> order);

/// True when the arena holds the value: it is neither constant nor state nor absent.
bool in_arena(const Graph& graph, ValueId id);

/// True when the step is an alias that memory allows: operand 0 is in the arena and as large as the output.
bool shares_operand(const Graph& graph, const Node& node, const PlanStep& step);

/// Bytes alive at each of `positions` (one at least, so that a graph without nodes has its ports counted).
std::vector<int64_t> live_bytes_of(std::span<const PlanBuffer> buffers, size_t positions);

/// What no placement can go below: at one position, the live bytes, or what their alignment adds to them.
int64_t lower_bound_of(std::span<const PlanBuffer> buffers, size_t positions);

}  // namespace thimble

/// Where every tensor lives: order, lifetimes, aliasing, offsets in one arena. Exact: what is printed is what is linked.
#pragma once

#include <string>
#include <vector>

#include "ir/graph.h"

namespace thimble {

/// What the planner must know of one node beyond the graph; codegen fills it from the chosen kernels.
struct PlanStep {
  int64_t scratch_bytes = 0;  ///< lives only while the node runs
  int scratch_align = 4;
  int align = 1;  ///< of the node's operands in the arena
  /// The only output may take the buffer of an operand of equal size that dies here (a graph input's too: a run consumes them).
  bool in_place = false;
  /// The output is operand 0 under another shape. Where operand 0 is a constant or a state, which the arena does not hold, the output
  /// gets a buffer of its own and the generated code has to copy.
  bool alias = false;
};

/// A stretch of the arena and when it is taken; several values share it when they alias.
struct PlanBuffer {
  std::vector<ValueId> values;  ///< empty: scratch
  int scratch_of = -1;          ///< node index, when scratch
  int64_t offset = 0, bytes = 0;
  int align = 1;
  int first = 0, last = 0;  ///< positions in `order` (inclusive); graph inputs start at 0, outputs last to the end
};

struct Plan {
  std::vector<int> order;  ///< node indices in the order they run
  std::vector<PlanBuffer> buffers;
  std::vector<int> buffer_of;   ///< per value: index into buffers; -1: constant, state or unused
  std::vector<int> scratch_of;  ///< per node: index into buffers; -1: none
  int64_t arena_bytes = 0;
  int64_t lower_bound = 0;          ///< the most bytes alive at one time under this order and aliasing, with what alignment adds
  std::vector<int64_t> live_bytes;  ///< per position in `order` (one position at least)

  int64_t offset_of(ValueId id) const { return buffers[static_cast<size_t>(buffer_of[static_cast<size_t>(id)])].offset; }
};

/// Plans the graph; `steps` has one entry per node.
Plan plan_memory(const Graph& graph, std::vector<PlanStep> steps);

/// The timeline as people read it: one line per layer with its live buffers drawn, then arena, lower bound and gap.
std::string print_timeline(const Graph& graph, const Plan& plan);

}  // namespace thimble

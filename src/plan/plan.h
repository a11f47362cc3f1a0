/// Where every tensor lives: order, lifetimes, aliasing, offsets in one arena. Exact: what is printed is what is linked.
#pragma once

#include <optional>
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
  /// The output may lie over operand 0 where that dies here, if the operand begins at least this many bytes after it (negative: it may
  /// begin that much before).
  std::optional<int64_t> overlap{};
  /// No code need run: the operands are these bytes of the output (a concat), or the outputs these bytes of operand 0 (a slice). One
  /// offset each; the node runs all the same where one of them cannot lie there.
  std::vector<int64_t> operands_at{}, outputs_at{};
};

/// A stretch of the arena and when it is taken; several values share it when they are views of it or take each other's place.
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
  std::vector<int> buffer_of;      ///< per value: index into buffers; -1: constant, state or unused
  std::vector<int64_t> offset_in;  ///< per value: where it begins in its buffer
  std::vector<int> scratch_of;     ///< per node: index into buffers; -1: none
  std::vector<bool> is_view;       ///< per node: no code runs, its outputs lie in its operands or these in it
  int64_t arena_bytes = 0;
  int64_t lower_bound = 0;          ///< what no placement can go below under this order and aliasing
  std::vector<int64_t> live_bytes;  ///< per position in `order` (one position at least)

  int64_t offset_of(ValueId id) const {
    const auto i = static_cast<size_t>(id);
    return buffers[static_cast<size_t>(buffer_of[i])].offset + offset_in[i];
  }
  /// Bytes that the output of the node has in common with its operand 0 though neither is a view of the other.
  int64_t overlap_of(const Node& node) const;
};

/// Plans the graph; `steps` has one entry per node.
Plan plan_memory(const Graph& graph, std::vector<PlanStep> steps);

/// A plan made at once, for comparing many graphs: nodes run in the order they stand in, buffers lie where they fit first.
Plan plan_quickly(const Graph& graph, const std::vector<PlanStep>& steps);

/// The timeline as people read it: one line per layer with its live buffers drawn, then arena, lower bound and gap.
std::string print_timeline(const Graph& graph, const Plan& plan);

}  // namespace thimble

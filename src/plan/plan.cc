#include "plan/plan.h"

#include <algorithm>
#include <numeric>

#include "plan/arena.h"
#include "plan/order.h"

namespace thimble {
namespace {

/// Everything but the order, for one decision on who works in place.
Plan plan_in_order(const Graph& graph, std::span<const PlanStep> steps, const std::vector<int>& order, Effort effort) {
  Lifetimes lives = lifetimes_of(graph, steps, order);
  const Distances distances = distances_of(graph, steps, order, lives);
  Plan plan{.order = order,
            .buffers = lives.buffers,
            .buffer_of = lives.buffer_of,
            .offset_in = lives.offset_in,
            .scratch_of = lives.scratch_of,
            .is_view = lives.is_view};
  plan.live_bytes = live_bytes_of(plan.buffers, distances, order.size());
  plan.lower_bound = lower_bound_of(plan.buffers, distances, order.size());
  plan.arena_bytes = place_buffers(plan.buffers, distances, plan.lower_bound, effort);
  return plan;
}

/// A node that works in place ties its output to where its operand lies. Where that keeps others from overlapping, it is better set free.
Plan free_in_place(const Graph& graph, std::vector<PlanStep>& steps, Plan best) {
  for (bool freed = true; freed && best.arena_bytes > best.lower_bound;) {
    freed = false;
    for (int n : best.order) {
      PlanStep& step = steps[static_cast<size_t>(n)];
      if (!step.in_place) continue;
      step.in_place = false;
      Plan tried = plan_in_order(graph, steps, best.order, Effort::Quick);
      if ((freed = tried.arena_bytes < best.arena_bytes))
        best = std::move(tried);
      else
        step.in_place = true;
      if (freed) break;
    }
  }
  return best;
}

}  // namespace

Plan plan_memory(const Graph& graph, std::vector<PlanStep> steps) {
  require(steps.size() == graph.nodes.size(), "one plan step per node");
  const std::vector<int> order = best_order(graph, steps);
  const Plan tied = plan_in_order(graph, steps, order, Effort::Quick);
  const Plan freed = free_in_place(graph, steps, tied);
  if (freed.arena_bytes == freed.lower_bound) return freed;
  Plan thorough = plan_in_order(graph, steps, order, Effort::Thorough);
  return thorough.arena_bytes < freed.arena_bytes ? thorough : freed;
}

Plan plan_quickly(const Graph& graph, const std::vector<PlanStep>& steps) {
  require(steps.size() == graph.nodes.size(), "one plan step per node");
  std::vector<int> order(graph.nodes.size());
  std::iota(order.begin(), order.end(), 0);
  return plan_in_order(graph, steps, order, Effort::Quick);
}

int64_t Plan::overlap_of(const Node& node) const {
  if (node.in.empty() || node.out.empty() || node.in[0] == kAbsent) return 0;
  const auto x = static_cast<size_t>(node.in[0]), y = static_cast<size_t>(node.out[0]);
  if (buffer_of[x] < 0 || buffer_of[y] < 0 || buffer_of[x] == buffer_of[y]) return 0;
  const PlanBuffer &in = buffers[static_cast<size_t>(buffer_of[x])], &out = buffers[static_cast<size_t>(buffer_of[y])];
  return std::max<int64_t>(0, std::min(in.offset + in.bytes, out.offset + out.bytes) - std::max(in.offset, out.offset));
}

}  // namespace thimble

#include "plan/plan.h"

#include "plan/arena.h"
#include "plan/lifetimes.h"
#include "plan/order.h"

namespace thimble {

Plan plan_memory(const Graph& graph, std::vector<PlanStep> steps) {
  require(steps.size() == graph.nodes.size(), "one plan step per node");
  Plan plan;
  plan.order = best_order(graph, steps);
  Lifetimes lifetimes = lifetimes_of(graph, steps, plan.order);
  plan.buffers = std::move(lifetimes.buffers);
  plan.buffer_of = std::move(lifetimes.buffer_of);
  plan.scratch_of = std::move(lifetimes.scratch_of);
  plan.live_bytes = live_bytes_of(plan.buffers, plan.order.size());
  plan.lower_bound = lower_bound_of(plan.buffers, plan.order.size());
  plan.arena_bytes = place_buffers(plan.buffers, plan.lower_bound);
  return plan;
}

}  // namespace thimble

#include "fit/swap_candidates.h"

#include <algorithm>

#include "fit/strip_candidates.h"

namespace thimble {
namespace {

/// True when the kernel may lower a peak where the other one makes it.
bool needs_less(const PlanStep& step, const PlanStep& than) {
  constexpr int64_t kNever = int64_t{1} << 40;
  return step.scratch_bytes < than.scratch_bytes || step.overlap.value_or(kNever) < than.overlap.value_or(kNever) ||
         (step.in_place && !than.in_place);
}

/// The most that live while one of the nodes runs.
int64_t peak_of(const Plan& plan, const std::vector<int>& nodes) {
  int64_t most = 0;
  for (size_t t = 0; t < plan.order.size(); ++t)
    if (std::find(nodes.begin(), nodes.end(), plan.order[t]) != nodes.end()) most = std::max(most, plan.live_bytes[t]);
  return most;
}

}  // namespace

std::vector<SwapCandidate> swap_candidates(const Graph& graph, const Price& price, const Swaps& swaps, Pricer& pricer) {
  std::vector<SwapCandidate> all;
  std::map<std::string, std::vector<int>> nodes_of;
  for (size_t n = 0; n < graph.nodes.size(); ++n)
    if (!price.plan.is_view[n]) nodes_of[pricer.shape_of(graph.nodes[n], graph)].push_back(static_cast<int>(n));
  std::set<std::string> seen;
  for (int n : nodes_at_peak(price.plan)) {
    const Node& node = graph.nodes[static_cast<size_t>(n)];
    const std::string& shape = pricer.shape_of(node, graph);
    if (price.plan.is_view[static_cast<size_t>(n)] || swaps.contains(shape) || !seen.insert(shape).second) continue;
    const Pricer::Option& now = pricer.option_of(node, graph, swaps);
    for (const Pricer::Option& option : pricer.options_for(node, graph)) {
      if (!needs_less(option.step, now.step)) continue;
      Swaps tried = swaps;
      tried[shape] = option.kernel->name;
      const auto other = pricer.price(graph, tried, Planning::Quick);
      if (!other) continue;
      const std::vector<int>& nodes = nodes_of[shape];
      all.push_back({nodes, shape, std::string(option.kernel->name), std::string(now.kernel->name), peak_of(other->plan, nodes),
                     peak_beside(price.plan, nodes), other->cycles - price.cycles});
    }
  }
  return all;
}

}  // namespace thimble

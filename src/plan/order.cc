#include "plan/order.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <queue>
#include <tuple>

#include "plan/distances.h"

namespace thimble {
namespace {

constexpr size_t kMostStates = 1 << 15;
constexpr size_t kBeam = 48;

/// Values that are views of one stretch of memory: alive from the first of its makers until all of its readers have run.
struct Group {
  int64_t bytes = 0;
  std::vector<int> makers, readers;
  bool input = false, output = false;
};

/// The graph as the search sees it. What is alive depends only on which nodes have run, not on their order.
struct Problem {
  struct Step {
    std::vector<int> reads, makes;  ///< groups
    std::vector<int> before;        ///< nodes that must have run
    int64_t scratch = 0;
    bool in_place = false;
    int over = -1;  ///< the group that the only output may lie over, and the bytes they may then have in common
    int64_t common = 0;
  };
  std::vector<Group> groups;
  std::vector<Step> steps;
  int64_t inputs = 0;  ///< bytes of graph inputs, alive from the start
};

void add_unique(std::vector<int>& list, int item) {
  if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
}

class ProblemBuilder {
 public:
  ProblemBuilder(const Graph& graph, std::span<const PlanStep> steps)
      : graph_(graph), steps_(steps), views_(find_views(graph, steps, is_view_)) {}

  Problem build() {
    for (size_t set = 0; set < graph_.values.size(); ++set) problem_.groups.push_back({.bytes = views_.bytes(static_cast<int>(set))});
    for (ValueId id : graph_.inputs) group(id).input |= in_arena(graph_, id);
    for (ValueId id : graph_.outputs) group(id).output = true;
    for (size_t n = 0; n < graph_.nodes.size(); ++n) add_step(static_cast<int>(n));
    for (const Group& group : problem_.groups)
      if (group.input && !(group.readers.empty() && group.makers.empty() && !group.output)) problem_.inputs += group.bytes;
    return std::move(problem_);
  }

 private:
  Group& group(ValueId id) { return problem_.groups[static_cast<size_t>(views_.set_of(id))]; }

  void add_step(int n) {
    const Node& node = graph_.nodes[static_cast<size_t>(n)];
    const PlanStep& plan = steps_[static_cast<size_t>(n)];
    const bool runs = !is_view_[static_cast<size_t>(n)];
    Problem::Step step{.scratch = runs ? plan.scratch_bytes : 0, .in_place = runs && plan.in_place && node.out.size() == 1};
    for (ValueId id : node.in) {
      if (id == kAbsent) continue;
      if (const auto maker = producer_.find(id); maker != producer_.end()) add_unique(step.before, maker->second);
      if (graph_.value(id).state) producer_[id] = n;
      if (!in_arena(graph_, id) || !runs) continue;
      add_unique(step.reads, views_.set_of(id));
      add_unique(group(id).readers, n);
    }
    for (ValueId id : node.out) {
      producer_[id] = n;
      if (!runs) continue;
      add_unique(step.makes, views_.set_of(id));
      add_unique(group(id).makers, n);
    }
    if (runs) may_overlap(node, plan, step);
    problem_.steps.push_back(std::move(step));
  }

  void may_overlap(const Node& node, const PlanStep& plan, Problem::Step& step) {
    if (!plan.overlap || node.out.size() != 1 || node.in.empty() || !in_arena(graph_, node.in[0])) return;
    const Group &in = group(node.in[0]), &out = group(node.out[0]);
    if (std::count_if(node.in.begin(), node.in.end(), [&](ValueId id) { return id != kAbsent && &group(id) == &in; }) > 1) return;
    if (in.bytes != graph_.type(node.in[0]).bytes() || out.bytes != graph_.type(node.out[0]).bytes()) return;
    step.over = views_.set_of(node.in[0]);
    step.common = std::min(in.bytes, std::max<int64_t>(0, out.bytes - std::max<int64_t>(0, *plan.overlap)));
  }

  const Graph& graph_;
  std::span<const PlanStep> steps_;
  std::vector<bool> is_view_;
  Views views_;
  std::map<ValueId, int> producer_;  // of a state: the last node that touched it
  Problem problem_;
};

using Done = std::vector<uint64_t>;
bool has(const Done& done, int n) { return (done[static_cast<size_t>(n) / 64] >> (n % 64) & 1) != 0; }
void put(Done& done, int n) { done[static_cast<size_t>(n) / 64] |= uint64_t{1} << (n % 64); }

/// Nodes that have run, and what that took.
struct State {
  Done done;
  int parent = -1, node = -1;
  int64_t live = 0, peak = 0;
};

class Search {
 public:
  Search(const Problem& problem, int64_t to_beat) : problem_(problem), to_beat_(to_beat) {
    states_.push_back({.done = Done(problem.steps.size() / 64 + 1), .live = problem.inputs});
  }

  /// Cheapest peak first, so the first complete state is the best there is. Empty: nothing better, or `gave_up`.
  std::vector<int> exact() {
    using Entry = std::tuple<int64_t, int, int>;  // peak, nodes still to run, state
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
    std::map<Done, int64_t> seen;
    const int total = static_cast<int>(problem_.steps.size());
    queue.emplace(0, total, 0);
    while (!queue.empty()) {
      const auto [peak, left, at] = queue.top();
      queue.pop();
      if (left == 0) return path(at);
      for (State& next : successors(at)) {
        const auto [known, fresh] = seen.emplace(next.done, next.peak);
        if (!fresh && known->second <= next.peak) continue;
        known->second = next.peak;
        if ((gave_up = states_.size() >= kMostStates)) return {};
        queue.emplace(next.peak, left - 1, static_cast<int>(states_.size()));
        states_.push_back(std::move(next));
      }
    }
    return {};
  }

  /// The few best states after each node.
  std::vector<int> beam() {
    states_.resize(1);
    std::vector<int> front = {0};
    for (size_t n = 0; n < problem_.steps.size(); ++n) {
      std::vector<State> next;
      for (int at : front)
        for (State& state : successors(at)) next.push_back(std::move(state));
      std::stable_sort(next.begin(), next.end(),
                       [](const State& a, const State& b) { return std::tie(a.peak, a.live, a.done) < std::tie(b.peak, b.live, b.done); });
      next.erase(std::unique(next.begin(), next.end(), [](const State& a, const State& b) { return a.done == b.done; }), next.end());
      if (next.empty()) return {};
      next.resize(std::min(next.size(), kBeam));
      front.clear();
      for (State& state : next) {
        front.push_back(static_cast<int>(states_.size()));
        states_.push_back(std::move(state));
      }
    }
    return path(front[0]);
  }

  bool gave_up = false;

 private:
  bool ready(const State& state, int n) const {
    const auto& before = problem_.steps[static_cast<size_t>(n)].before;
    return !has(state.done, n) && std::all_of(before.begin(), before.end(), [&](int b) { return has(state.done, b); });
  }

  bool dies(const Group& group, const Done& done) const {
    const auto ran = [&](int n) { return has(done, n); };
    return !group.output && std::all_of(group.readers.begin(), group.readers.end(), ran) &&
           std::all_of(group.makers.begin(), group.makers.end(), ran);
  }

  bool alive(const Group& group, const Done& done) const {
    return (group.input || std::any_of(group.makers.begin(), group.makers.end(), [&](int n) { return has(done, n); })) &&
           !dies(group, done);
  }

  State run(int at, int n) const {
    const State& from = states_[static_cast<size_t>(at)];
    const Problem::Step& step = problem_.steps[static_cast<size_t>(n)];
    State next{from.done, at, n, from.live, from.peak};
    put(next.done, n);
    int64_t during = from.live + step.scratch, saved = 0;
    for (int made : step.makes) {
      const Group& group = problem_.groups[static_cast<size_t>(made)];
      if (alive(group, from.done)) continue;
      during += group.bytes;
      if (!dies(group, next.done)) next.live += group.bytes;
    }
    for (int read : step.reads) {
      const Group& group = problem_.groups[static_cast<size_t>(read)];
      if (!dies(group, next.done)) continue;
      next.live -= group.bytes;
      if (step.in_place && step.makes.size() == 1 && problem_.groups[static_cast<size_t>(step.makes[0])].bytes == group.bytes)
        saved = std::max(saved, group.bytes);
      if (step.over == read) saved = std::max(saved, step.common);
    }
    next.peak = std::max(next.peak, during - saved);
    return next;
  }

  std::vector<State> successors(int at) const {
    const int64_t live = states_[static_cast<size_t>(at)].live, peak = states_[static_cast<size_t>(at)].peak;
    std::vector<State> all;
    for (int n = 0; n < static_cast<int>(problem_.steps.size()); ++n) {
      if (!ready(states_[static_cast<size_t>(at)], n)) continue;
      State next = run(at, n);
      if (next.peak >= to_beat_) continue;
      // A node that costs no new peak and leaves no more alive can always go first: it only makes room for the others.
      const bool free = next.peak == peak && next.live <= live;
      if (free) all.clear();
      all.push_back(std::move(next));
      if (free) break;
    }
    return all;
  }

  std::vector<int> path(int at) const {
    std::vector<int> order;
    for (; states_[static_cast<size_t>(at)].node >= 0; at = states_[static_cast<size_t>(at)].parent)
      order.push_back(states_[static_cast<size_t>(at)].node);
    std::reverse(order.begin(), order.end());
    return order;
  }

  const Problem& problem_;
  int64_t to_beat_;
  std::vector<State> states_;
};

}  // namespace

std::vector<int> best_order(const Graph& graph, std::span<const PlanStep> steps) {
  std::vector<int> given(graph.nodes.size());
  std::iota(given.begin(), given.end(), 0);
  const auto peak_of = [&](const std::vector<int>& order) {
    const Lifetimes lives = lifetimes_of(graph, steps, order);
    const auto live = live_bytes_of(lives.buffers, distances_of(graph, steps, order, lives), order.size());
    return *std::max_element(live.begin(), live.end());
  };
  const int64_t to_beat = peak_of(given);
  const Problem problem = ProblemBuilder(graph, steps).build();
  Search search(problem, to_beat);
  std::vector<int> found = search.exact();
  if (search.gave_up) found = search.beam();
  return !found.empty() && peak_of(found) < to_beat ? found : given;
}

}  // namespace thimble

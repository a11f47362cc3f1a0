#include "fit/save_ram.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/table.h"
#include "fit/strip_candidates.h"
#include "fit/swap_candidates.h"

namespace thimble {
namespace {

constexpr double kWorthwhile = 0.99;  ///< of what it was is the most that a peak may be after a change
constexpr int kPatience = 8;          ///< changes in a row that win nothing before the search ends

/// A graph on its way, with what was done to it.
struct State {
  Graph graph;
  Swaps swaps;
  Price price;
  std::vector<std::string> notes;
};

class Search {
 public:
  Search(State start, Pricer& pricer, const RamPolicy& policy)
      : pricer_(pricer), policy_(policy), allowed_(start.price.cycles * policy.most_cycles), now_(std::move(start)) {}

  /// Changes something where the peak is, again and again; several peaks of one height must all go before anything is won.
  State run() {
    State best = now_;
    for (int idle = 0; idle < kPatience && !(fits(best) && policy_.most_cycles <= 1) && change_at_peak(); ++idle) {
      if (fits(best) && now_.price.cycles > allowed_) break;
      if (fits(best) ? !worth(best) : now_.price.ram >= best.price.ram) continue;
      if (!fits(best)) allowed_ = std::max(allowed_, now_.price.cycles * policy_.most_cycles);
      best = now_;
      idle = -1;
    }
    return best;
  }

 private:
  bool fits(const State& state) const { return policy_.most_ram == 0 || state.price.ram <= policy_.most_ram; }

  double weight(int64_t ram, double cycles) const {
    return std::log(static_cast<double>(std::max<int64_t>(ram, 1))) + policy_.cycles_weight * std::log(std::max(cycles, 1.0));
  }
  bool worth(const State& before) const {
    return before.price.ram - now_.price.ram >= policy_.least_saved &&
           weight(now_.price.ram, now_.price.cycles) < weight(before.price.ram, before.price.cycles);
  }

  /// What a change is chosen by, the least first: where it makes the graph fit its cycles alone, else what it is worth.
  double cost(int64_t peak, double cycles) const {
    constexpr double kBeforeOthers = -1e3;
    const int64_t ram = peak + now_.price.ram - now_.price.plan.arena_bytes;
    return !fits(now_) && ram <= policy_.most_ram ? kBeforeOthers + std::log(std::max(cycles, 1.0)) : weight(ram, cycles);
  }

  /// The cheapest of those that lower the peak. More cycles than are allowed are spent only on what would not fit.
  template <class Candidate>
  const Candidate* best_of(const std::vector<Candidate>& candidates, double& least) const {
    const Candidate* best = nullptr;
    for (const Candidate& candidate : candidates) {
      const double cycles = now_.price.cycles + candidate.cycles;
      if (static_cast<double>(candidate.peak) >= kWorthwhile * static_cast<double>(now_.price.plan.arena_bytes)) continue;
      if (fits(now_) && cycles > allowed_) continue;
      const double costs = cost(std::max(candidate.peak, candidate.peak_beside), cycles);
      if (costs >= least) continue;
      best = &candidate;
      least = costs;
    }
    return best;
  }

  bool change_at_peak() {
    double least = std::numeric_limits<double>::infinity();
    const auto strips = strip_candidates(now_.graph, now_.price, now_.swaps, pricer_);
    const StripCandidate* const strip = best_of(strips, least);
    const auto swaps = swap_candidates(now_.graph, now_.price, now_.swaps, pricer_);
    if (const SwapCandidate* const swap = best_of(swaps, least)) return take(*swap);
    return strip && cut(*strip);
  }

  /// Plans what was changed, and notes what that came to.
  bool plan(const std::string& change) {
    auto price = pricer_.price(now_.graph, now_.swaps, Planning::AsCompiled);
    if (!price) return false;
    now_.notes.push_back(fmt::format("{}: {} bytes instead of {}, about {} cycles more", change, grouped(price->plan.arena_bytes),
                                     grouped(now_.price.plan.arena_bytes), rounded(std::max(0.0, price->cycles - now_.price.cycles))));
    now_.price = std::move(*price);
    return true;
  }

  bool cut(const StripCandidate& candidate) {
    auto cut = split_into_strips(now_.graph, candidate.chain, candidate.heights);
    if (!cut) return false;
    const auto name = [&](int n) { return short_name(now_.graph.nodes[static_cast<size_t>(n)].name); };
    const std::string change = fmt::format("'{}' to '{}' ({} layers) in {} strips", name(candidate.chain.front()),
                                           name(candidate.chain.back()), candidate.chain.size(), candidate.heights.size());
    now_.graph = std::move(*cut);
    return plan(change);
  }

  bool take(const SwapCandidate& candidate) {
    const std::string more = candidate.nodes.size() > 1 ? fmt::format(" and {} of its shape", candidate.nodes.size() - 1) : "";
    now_.swaps[candidate.shape] = candidate.kernel;
    return plan(fmt::format("'{}'{} by {} instead of {}", short_name(now_.graph.nodes[static_cast<size_t>(candidate.nodes[0])].name), more,
                            candidate.kernel, candidate.instead_of));
  }

  Pricer& pricer_;
  RamPolicy policy_;
  double allowed_;
  State now_;
};

}  // namespace

RamPolicy ram_policy(Optimize optimize, const Board& board, int64_t most_ram) {
  const bool plenty = board.ram.bytes == 0;  // nobody notices what is saved there, but how long it takes
  switch (optimize) {
    case Optimize::Ram: return {most_ram, 1.5, 0.3, 0};
    case Optimize::Balanced:
    case Optimize::Flash:
      if (!plenty) return {most_ram, 1.03, 8, board.ram.bytes / 200};
      [[fallthrough]];
    default: return {most_ram, 1, 100, 0};
  }
}

RamSaved save_ram(Graph graph, const Board& board, const CompileOptions& options, const RamPolicy& policy) {
  const std::string name = graph.name;
  const Doing doing([&] { return fmt::format("compiling '{}' for {}", name, board.name); });
  Pricer pricer(board, options);
  auto price = pricer.price(graph, {}, Planning::AsCompiled);
  if (!price) return {std::move(graph), {}, {}};  // compile() tells why
  const State start{std::move(graph), {}, std::move(*price), {}};
  const auto found_below = [&](int64_t most_ram) {
    RamPolicy aim = policy;
    aim.most_ram = most_ram;
    return Search(start, pricer, aim).run();
  };
  State best = found_below(0);
  // A search goes by estimates of peaks and may end above its aim, so tighter ones follow.
  for (const double share : {1.0, 0.9, 0.8, 0.6, 0.0}) {
    if (policy.most_ram == 0 || best.price.ram <= policy.most_ram) break;
    State found = found_below(std::max<int64_t>(1, static_cast<int64_t>(share * static_cast<double>(policy.most_ram))));
    if (found.price.ram < best.price.ram) best = std::move(found);
  }
  return {std::move(best.graph), std::move(best.swaps), std::move(best.notes)};
}

}  // namespace thimble

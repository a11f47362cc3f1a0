#include "plan/arena.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <random>

namespace thimble {
namespace {

constexpr int64_t kMostChoices = 400'000;
constexpr int64_t kMostComparisons = 3'000'000;

int64_t round_up(int64_t offset, int64_t align) { return (offset + align - 1) / align * align; }

/// Offsets, and the end of the highest buffer.
struct Placement {
  std::vector<int64_t> offsets;
  int64_t end = std::numeric_limits<int64_t>::max();
};

/// Each buffer of `order` at the lowest offset that keeps all distances.
Placement first_fit(std::span<const PlanBuffer> buffers, const Distances& distances, std::span<const size_t> order) {
  Placement made{std::vector<int64_t>(buffers.size()), 0};
  std::vector<size_t> placed, near;
  for (size_t i : order) {
    near.clear();
    for (size_t other : placed)
      if (distances.together(i, other)) near.push_back(other);
    int64_t offset = 0;
    for (bool moved = true; moved;) {
      moved = false;
      for (size_t other : near) {
        const int64_t at = made.offsets[other], above = at + distances.over(i, other);
        if (offset >= above || (offset <= at && offset + distances.over(other, i) <= at)) continue;
        offset = round_up(above, buffers[i].align);
        moved = true;
      }
    }
    made.offsets[i] = offset;
    made.end = std::max(made.end, offset + buffers[i].bytes);
    placed.push_back(i);
  }
  return made;
}

/// Depth-first over placements in which offsets only rise: each buffer lies as low as those below it allow.
/// Every placement can be pushed down into such a one, so an unbounded search is exact.
class Branches {
 public:
  Branches(std::span<const PlanBuffer> buffers, const Distances& distances, int64_t lower_bound, Placement& best)
      : buffers_(buffers),
        distances_(distances),
        lower_bound_(lower_bound),
        best_(best),
        offsets_(buffers.size()),
        least_(buffers.size()),
        placed_(buffers.size()),
        near_(buffers.size()) {
    int last = 0;
    for (const PlanBuffer& buffer : buffers) last = std::max(last, buffer.last);
    top_.resize(static_cast<size_t>(last) + 1);
    waiting_.resize(top_.size());
    for (size_t i = 0; i < buffers.size(); ++i) {
      wait(i, buffers[i].bytes);
      for (size_t j = 0; j < buffers.size(); ++j) {
        if (j == i || !distances.together(i, j)) continue;
        near_[i].push_back(j);
        if (j < i) overlap(i, j, -distances.common(i, j));
      }
    }
  }

  void search() { descend(0, 0, 0); }

 private:
  struct Choice {
    int64_t offset;
    size_t buffer;
  };

  bool hopeless() const {
    for (size_t t = 0; t < top_.size(); ++t)
      if (waiting_[t] > 0 && top_[t] + waiting_[t] >= best_.end) return true;
    return false;
  }

  std::vector<Choice> choices(int64_t floor) const {
    std::vector<Choice> all;
    for (size_t i = 0; i < buffers_.size(); ++i) {
      if (placed_[i]) continue;
      if (least_[i] + buffers_[i].bytes >= best_.end) return {};
      if (least_[i] >= floor) all.push_back({least_[i], i});
    }
    std::sort(all.begin(), all.end(), [&](const Choice& a, const Choice& b) {
      if (a.offset != b.offset) return a.offset < b.offset;
      if (buffers_[a.buffer].bytes != buffers_[b.buffer].bytes) return buffers_[a.buffer].bytes > buffers_[b.buffer].bytes;
      return a.buffer < b.buffer;
    });
    return all;
  }

  void descend(size_t depth, int64_t floor, int64_t end) {
    if (depth == buffers_.size()) {
      best_ = {offsets_, end};
      return;
    }
    choices_ += static_cast<int64_t>(buffers_.size());
    if (choices_ > kMostChoices || hopeless()) return;
    for (const Choice& choice : choices(floor)) {
      const int64_t buffer_end = choice.offset + buffers_[choice.buffer].bytes;
      if (buffer_end >= best_.end) continue;
      const std::vector<int64_t> top = top_, waiting = waiting_, least = least_;
      place(choice.buffer, choice.offset);
      descend(depth + 1, choice.offset, std::max(end, buffer_end));
      placed_[choice.buffer] = false;
      top_ = top, waiting_ = waiting, least_ = least;
      if (choices_ > kMostChoices || best_.end <= lower_bound_) return;
    }
  }

  void place(size_t i, int64_t offset) {
    const PlanBuffer& buffer = buffers_[i];
    placed_[i] = true;
    offsets_[i] = offset;
    for (int t = buffer.first; t <= buffer.last; ++t) {
      int64_t& top = top_[static_cast<size_t>(t)];
      top = std::max(top, offset + buffer.bytes);
    }
    wait(i, -buffer.bytes);
    for (size_t j : near_[i])
      if (placed_[j])
        overlap(i, j, distances_.common(i, j));
      else
        least_[j] = std::max(least_[j], round_up(offset + distances_.over(j, i), buffers_[j].align));
  }

  void wait(size_t i, int64_t bytes) {
    for (int t = buffers_[i].first; t <= buffers_[i].last; ++t) waiting_[static_cast<size_t>(t)] += bytes;
  }

  /// Changes what still waits where both are alive.
  void overlap(size_t i, size_t j, int64_t bytes) {
    if (bytes == 0) return;
    const int last = std::min(buffers_[i].last, buffers_[j].last);
    for (int t = std::max(buffers_[i].first, buffers_[j].first); t <= last; ++t) waiting_[static_cast<size_t>(t)] += bytes;
  }

  std::span<const PlanBuffer> buffers_;
  const Distances& distances_;
  int64_t lower_bound_;
  Placement& best_;
  std::vector<int64_t> offsets_;
  std::vector<int64_t> top_, waiting_;  // per position: highest end; bytes not yet placed, less what of them may lie over others
  std::vector<int64_t> least_;          // per buffer: where those below allow it
  std::vector<bool> placed_;
  std::vector<std::vector<size_t>> near_;  // per buffer: those that live together with it
  int64_t choices_ = 0;
};

/// Moves one buffer after another to an earlier turn in first fit and keeps what is no worse.
void improve(std::span<const PlanBuffer> buffers, const Distances& distances, std::vector<size_t> order, int64_t lower_bound,
             Placement& best) {
  const auto n = static_cast<int64_t>(buffers.size());
  const int64_t rounds = std::clamp<int64_t>(kMostComparisons / (n * n + 1), 20, 2000);
  std::mt19937 random(1);  // raw numbers of this engine are the same everywhere
  int64_t current = first_fit(buffers, distances, order).end;
  for (int64_t i = 0; i < rounds && best.end > lower_bound && n > 1; ++i) {
    std::vector<size_t> tried = order;
    const size_t from = 1 + random() % (tried.size() - 1), to = random() % from;
    std::rotate(tried.begin() + static_cast<std::ptrdiff_t>(to), tried.begin() + static_cast<std::ptrdiff_t>(from),
                tried.begin() + static_cast<std::ptrdiff_t>(from) + 1);
    const Placement made = first_fit(buffers, distances, tried);
    if (made.end > current) continue;
    current = made.end;
    order = std::move(tried);
    if (made.end < best.end) best = made;
  }
}

}  // namespace

int64_t place_buffers(std::span<PlanBuffer> buffers, const Distances& distances, int64_t lower_bound, Effort effort) {
  using Key = std::function<std::pair<int64_t, int64_t>(const PlanBuffer&)>;
  const Key keys[] = {[](const PlanBuffer& b) { return std::pair(-b.bytes, int64_t{b.first}); },
                      [](const PlanBuffer& b) { return std::pair(-b.bytes * (b.last - b.first + 1), int64_t{b.first}); },
                      [](const PlanBuffer& b) { return std::pair(int64_t{b.first} - b.last, -b.bytes); },
                      [](const PlanBuffer& b) { return std::pair(int64_t{b.first}, -b.bytes); },
                      [](const PlanBuffer& b) { return std::pair(-int64_t{b.last}, -b.bytes); }};
  Placement best;
  std::vector<size_t> best_order;
  for (const Key& key : keys) {
    std::vector<size_t> order(buffers.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return key(buffers[a]) < key(buffers[b]); });
    Placement made = first_fit(buffers, distances, order);
    if (made.end >= best.end) continue;
    best = std::move(made);
    best_order = std::move(order);
    if (best.end <= lower_bound) break;
  }
  if (effort == Effort::Thorough) {
    if (best.end > lower_bound) Branches(buffers, distances, lower_bound, best).search();
    if (best.end > lower_bound) improve(buffers, distances, best_order, lower_bound, best);
  }
  for (size_t i = 0; i < buffers.size(); ++i) buffers[i].offset = best.offsets[i];
  return best.end;
}

}  // namespace thimble

#include "plan/arena.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <random>

namespace thimble {
namespace {

constexpr int64_t kMostChoices = 1'000'000;
constexpr int64_t kMostComparisons = 3'000'000;

int64_t round_up(int64_t offset, int64_t align) { return (offset + align - 1) / align * align; }
bool together(const PlanBuffer& a, const PlanBuffer& b) { return a.first <= b.last && b.first <= a.last; }

/// Offsets, and the end of the highest buffer.
struct Placement {
  std::vector<int64_t> offsets;
  int64_t end = std::numeric_limits<int64_t>::max();
};

/// Each buffer of `order` in the lowest gap that holds it.
Placement first_fit(std::span<const PlanBuffer> buffers, std::span<const size_t> order) {
  Placement made{std::vector<int64_t>(buffers.size()), 0};
  std::vector<size_t> placed;  // by offset
  for (size_t i : order) {
    int64_t offset = 0;
    for (size_t other : placed) {
      if (!together(buffers[i], buffers[other])) continue;
      if (offset + buffers[i].bytes <= made.offsets[other]) break;
      offset = std::max(offset, round_up(made.offsets[other] + buffers[other].bytes, buffers[i].align));
    }
    made.offsets[i] = offset;
    made.end = std::max(made.end, offset + buffers[i].bytes);
    placed.insert(std::upper_bound(placed.begin(), placed.end(), i, [&](size_t a, size_t b) { return made.offsets[a] < made.offsets[b]; }),
                  i);
  }
  return made;
}

/// Depth-first over placements in which offsets only rise: each buffer stands on the highest that lives with it below.
/// Every placement can be pushed down into such a one, so an unbounded search is exact.
class Branches {
 public:
  Branches(std::span<const PlanBuffer> buffers, int64_t lower_bound, Placement& best)
      : buffers_(buffers), lower_bound_(lower_bound), best_(best), offsets_(buffers.size()), placed_(buffers.size()) {
    int last = 0;
    for (const PlanBuffer& buffer : buffers) last = std::max(last, buffer.last);
    top_.resize(static_cast<size_t>(last) + 1);
    waiting_.resize(top_.size());
    for (const PlanBuffer& buffer : buffers)
      for (int t = buffer.first; t <= buffer.last; ++t) waiting_[static_cast<size_t>(t)] += buffer.bytes;
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
      const auto begin = top_.begin() + buffers_[i].first, end = top_.begin() + buffers_[i].last + 1;
      const int64_t offset = round_up(*std::max_element(begin, end), buffers_[i].align);
      if (offset + buffers_[i].bytes >= best_.end) return {};
      if (offset >= floor) all.push_back({offset, i});
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
      const PlanBuffer& buffer = buffers_[choice.buffer];
      const auto begin = top_.begin() + buffer.first, stop = top_.begin() + buffer.last + 1;
      const std::vector<int64_t> below(begin, stop);
      const int64_t buffer_end = choice.offset + buffer.bytes;
      std::fill(begin, stop, buffer_end);
      wait(buffer, -buffer.bytes);
      placed_[choice.buffer] = true;
      offsets_[choice.buffer] = choice.offset;
      descend(depth + 1, choice.offset, std::max(end, buffer_end));
      placed_[choice.buffer] = false;
      wait(buffer, buffer.bytes);
      std::copy(below.begin(), below.end(), begin);
      if (choices_ > kMostChoices || best_.end <= lower_bound_) return;
    }
  }

  void wait(const PlanBuffer& buffer, int64_t bytes) {
    for (int t = buffer.first; t <= buffer.last; ++t) waiting_[static_cast<size_t>(t)] += bytes;
  }

  std::span<const PlanBuffer> buffers_;
  int64_t lower_bound_;
  Placement& best_;
  std::vector<int64_t> offsets_, top_, waiting_;  // the last two per position: highest end, bytes not yet placed
  std::vector<bool> placed_;
  int64_t choices_ = 0;
};

/// Moves one buffer after another to an earlier turn in first fit and keeps what is no worse.
void improve(std::span<const PlanBuffer> buffers, std::vector<size_t> order, int64_t lower_bound, Placement& best) {
  const auto n = static_cast<int64_t>(buffers.size());
  const int64_t rounds = std::clamp<int64_t>(kMostComparisons / (n * n + 1), 20, 2000);
  std::mt19937 random(1);  // raw numbers of this engine are the same everywhere
  int64_t current = first_fit(buffers, order).end;
  for (int64_t i = 0; i < rounds && best.end > lower_bound && n > 1; ++i) {
    std::vector<size_t> tried = order;
    const size_t from = 1 + random() % (tried.size() - 1), to = random() % from;
    std::rotate(tried.begin() + static_cast<std::ptrdiff_t>(to), tried.begin() + static_cast<std::ptrdiff_t>(from),
                tried.begin() + static_cast<std::ptrdiff_t>(from) + 1);
    const Placement made = first_fit(buffers, tried);
    if (made.end > current) continue;
    current = made.end;
    order = std::move(tried);
    if (made.end < best.end) best = made;
  }
}

}  // namespace

int64_t place_buffers(std::span<PlanBuffer> buffers, int64_t lower_bound) {
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
    Placement made = first_fit(buffers, order);
    if (made.end >= best.end) continue;
    best = std::move(made);
    best_order = std::move(order);
    if (best.end <= lower_bound) break;
  }
  if (best.end > lower_bound) Branches(buffers, lower_bound, best).search();
  if (best.end > lower_bound) improve(buffers, best_order, lower_bound, best);
  for (size_t i = 0; i < buffers.size(); ++i) buffers[i].offset = best.offsets[i];
  return best.end;
}

}  // namespace thimble

#include "plan/distances.h"

#include <algorithm>
#include <set>

namespace thimble {
namespace {

int64_t round_up(int64_t bytes, int64_t align) { return (bytes + align - 1) / align * align; }

/// A node whose output may come to lie over its operand 0, both by their places in their buffers.
struct Overlap {
  size_t in = 0, out = 0;  ///< buffers
  int64_t in_begin = 0, in_end = 0, out_begin = 0, out_end = 0;
  int64_t distance = 0;  ///< of the kernel
};

std::optional<Overlap> overlap_of(const Node& node, const PlanStep& step, const Graph& graph, const Lifetimes& lives) {
  if (!step.overlap || node.out.size() != 1 || node.in.empty() || !in_arena(graph, node.in[0])) return std::nullopt;
  const auto x = static_cast<size_t>(node.in[0]), y = static_cast<size_t>(node.out[0]);
  Overlap found{.in = static_cast<size_t>(lives.buffer_of[x]), .out = static_cast<size_t>(lives.buffer_of[y])};
  if (found.in == found.out) return std::nullopt;
  found.in_begin = lives.offset_in[x], found.in_end = found.in_begin + graph.type(node.in[0]).bytes();
  found.out_begin = lives.offset_in[y], found.out_end = found.out_begin + graph.type(node.out[0]).bytes();
  for (size_t i = 1; i < node.in.size(); ++i) {  // what it reads besides must stay whole
    if (node.in[i] == kAbsent || lives.buffer_of[static_cast<size_t>(node.in[i])] != lives.buffer_of[x]) continue;
    const int64_t at = lives.offset_in[static_cast<size_t>(node.in[i])], end = at + graph.type(node.in[i]).bytes();
    if (at < found.in_end && end > found.in_begin) return std::nullopt;
  }
  found.distance = *step.overlap + found.out_begin - found.in_begin;
  return found;
}

class Finder {
 public:
  Finder(const Graph& graph, std::span<const PlanStep> steps, std::span<const int> order, const Lifetimes& lives)
      : lives_(lives), made_(lives.buffers) {
    for (int n : order)
      overlaps_.push_back(lives.is_view[static_cast<size_t>(n)]
                              ? std::nullopt
                              : overlap_of(graph.nodes[static_cast<size_t>(n)], steps[static_cast<size_t>(n)], graph, lives));
  }

  Distances find() {
    for (size_t a = 0; a < lives_.buffers.size(); ++a)
      for (size_t b = 0; b < a; ++b)
        if (made_.together(a, b) && may_overlap(a, b)) {
          made_.set_over(a, b, least(a, b));
          made_.set_over(b, a, least(b, a));
        }
    return std::move(made_);
  }

 private:
  std::pair<int, int> common_time(size_t a, size_t b) const {
    const PlanBuffer &p = lives_.buffers[a], &q = lives_.buffers[b];
    return {std::max(p.first, q.first), std::min(p.last, q.last)};
  }

  bool may_overlap(size_t a, size_t b) const {
    if (lives_.pieces[a].size() > 1 || lives_.pieces[b].size() > 1) return true;
    const auto [first, last] = common_time(a, b);
    for (int t = first; t <= last && t < static_cast<int>(overlaps_.size()); ++t)
      if (const auto& o = overlaps_[static_cast<size_t>(t)]; o && ((o->in == a && o->out == b) || (o->in == b && o->out == a))) return true;
    return false;
  }

  int64_t least(size_t upper, size_t lower) const {
    int64_t distance = 0;
    const auto [first, last] = common_time(upper, lower);
    for (int t = first; t <= last; ++t) distance = std::max(distance, least_at(t, upper, lower));
    return std::min(distance, lives_.buffers[lower].bytes);
  }

  /// No byte of the lower one that is taken at t may lie on a byte of the upper one that is.
  int64_t least_at(int t, size_t upper, size_t lower) const {
    const auto& overlap = static_cast<size_t>(t) < overlaps_.size() ? overlaps_[static_cast<size_t>(t)] : std::nullopt;
    const auto any = [](const Piece&) { return true; };
    if (!overlap || overlap->in != upper || overlap->out != lower) return apart(t, upper, any, lower, any);
    const auto stays = [&](const Piece& p) { return p.last > t || p.begin < overlap->in_begin || p.end > overlap->in_end; };
    const auto was = [&](const Piece& p) { return p.first < t || p.begin < overlap->out_begin || p.end > overlap->out_end; };
    return std::max({overlap->distance, apart(t, upper, stays, lower, any), apart(t, upper, any, lower, was)});
  }

  template <class Upper, class Lower>
  int64_t apart(int t, size_t upper, Upper upper_counts, size_t lower, Lower lower_counts) const {
    const auto taken = [&](const Piece& p) { return p.first <= t && t <= p.last; };
    for (const Piece& low : lives_.pieces[upper]) {
      if (!taken(low) || !upper_counts(low)) continue;
      const auto& pieces = lives_.pieces[lower];
      const auto high = std::find_if(pieces.rbegin(), pieces.rend(), [&](const Piece& p) { return taken(p) && lower_counts(p); });
      return high == pieces.rend() ? 0 : high->end - low.begin;
    }
    return 0;
  }

  const Lifetimes& lives_;
  Distances made_;
  std::vector<std::optional<Overlap>> overlaps_;  // per position
};

/// Two buffers with alignment `a` never share a block of `a` bytes but where they overlap, so each takes whole blocks; only the topmost may
/// end early.
int64_t bound_at(std::span<const PlanBuffer> buffers, const Distances& distances, std::span<const size_t> live, int align) {
  int64_t blocks = 0, slack = 0;
  for (size_t i : live) {
    if (buffers[i].align < align) continue;
    const int64_t rounded = round_up(buffers[i].bytes, align);
    blocks += rounded;
    slack = std::max(slack, rounded - buffers[i].bytes);
    for (size_t j : live) {
      if (j >= i || buffers[j].align < align || distances.common(i, j) == 0) continue;
      const auto shared = [&](size_t upper, size_t lower) {
        return std::min(round_up(buffers[upper].bytes, align),
                        round_up(buffers[lower].bytes, align) - round_up(distances.over(upper, lower), align));
      };
      blocks -= std::max({int64_t{0}, shared(i, j), shared(j, i)});
    }
  }
  return blocks - slack;
}

std::vector<size_t> alive_at(std::span<const PlanBuffer> buffers, int t) {
  std::vector<size_t> live;
  for (size_t i = 0; i < buffers.size(); ++i)
    if (buffers[i].first <= t && t <= buffers[i].last) live.push_back(i);
  return live;
}

}  // namespace

Distances::Distances(std::span<const PlanBuffer> buffers) : buffers_(buffers), count_(buffers.size()), over_(count_ * count_) {
  for (size_t a = 0; a < count_; ++a)
    for (size_t b = 0; b < count_; ++b) over_[a * count_ + b] = buffers[b].bytes;
}

int64_t Distances::common(size_t a, size_t b) const {
  const int64_t p = buffers_[a].bytes, q = buffers_[b].bytes;
  return std::max(std::min(p, q - over(a, b)), std::min(q, p - over(b, a)));
}

Distances distances_of(const Graph& graph, std::span<const PlanStep> steps, std::span<const int> order, const Lifetimes& lifetimes) {
  return Finder(graph, steps, order, lifetimes).find();
}

std::vector<int64_t> live_bytes_of(std::span<const PlanBuffer> buffers, const Distances& distances, size_t positions) {
  std::vector<int64_t> live(std::max<size_t>(positions, 1));
  for (size_t t = 0; t < live.size(); ++t) {
    const std::vector<size_t> alive = alive_at(buffers, static_cast<int>(t));
    int64_t largest = 0;
    for (size_t i : alive) {
      live[t] += buffers[i].bytes;
      largest = std::max(largest, buffers[i].bytes);
      for (size_t j : alive)
        if (j < i) live[t] -= distances.common(i, j);
    }
    live[t] = std::max(live[t], largest);
  }
  return live;
}

int64_t lower_bound_of(std::span<const PlanBuffer> buffers, const Distances& distances, size_t positions) {
  const std::vector<int64_t> raw = live_bytes_of(buffers, distances, positions);
  int64_t bound = *std::max_element(raw.begin(), raw.end());
  std::set<int> aligns;
  for (const PlanBuffer& buffer : buffers) aligns.insert(buffer.align);
  for (int t = 0; t < static_cast<int>(raw.size()); ++t) {
    const std::vector<size_t> live = alive_at(buffers, t);
    for (int align : aligns) bound = std::max(bound, bound_at(buffers, distances, live, align));
  }
  return bound;
}

}  // namespace thimble

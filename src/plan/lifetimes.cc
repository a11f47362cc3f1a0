#include "plan/lifetimes.h"

#include <algorithm>
#include <set>

namespace thimble {
namespace {

class Builder {
 public:
  Builder(const Graph& graph, std::span<const PlanStep> steps, std::span<const int> order)
      : graph_(graph),
        steps_(steps),
        order_(order),
        alignments_(alignments_of(graph, steps)),
        views_(find_views(graph, steps, made_.is_view)),
        written_(graph.values.size(), -1),
        read_(graph.values.size(), -1),
        is_output_(graph.values.size(), false) {}

  Lifetimes build() {
    find_uses();
    for (size_t i = 0; i < order_.size(); ++i) take_place(order_[i], static_cast<int>(i));
    made_.buffer_of.assign(graph_.values.size(), -1);
    made_.offset_in.assign(graph_.values.size(), 0);
    made_.scratch_of.assign(graph_.nodes.size(), -1);
    for (ValueId id : graph_.inputs) add_buffer(id);
    for (size_t i = 0; i < order_.size(); ++i) {
      for (ValueId id : node(order_[i]).out) add_buffer(id);
      add_scratch(order_[i], static_cast<int>(i));
    }
    return std::move(made_);
  }

 private:
  const Node& node(int n) const { return graph_.nodes[static_cast<size_t>(n)]; }

  /// When values are written and last read by nodes that run; the others only give names to bytes.
  void find_uses() {
    for (ValueId id : graph_.inputs) written_[static_cast<size_t>(id)] = 0;
    for (size_t i = 0; i < order_.size(); ++i) {
      if (made_.is_view[static_cast<size_t>(order_[i])]) continue;
      const int position = static_cast<int>(i);
      for (ValueId id : node(order_[i]).in)
        if (id != kAbsent) read_[static_cast<size_t>(id)] = position;
      for (ValueId id : node(order_[i]).out) written_[static_cast<size_t>(id)] = position;
    }
    for (ValueId id : graph_.outputs) {
      is_output_[static_cast<size_t>(id)] = true;
      read_[static_cast<size_t>(id)] = static_cast<int>(order_.size());
    }
  }

  /// The output of a node that works in place takes the place of an operand of equal size whose bytes nobody needs any more.
  void take_place(int index, int position) {
    const Node& n = node(index);
    if (made_.is_view[static_cast<size_t>(index)] || !steps_[static_cast<size_t>(index)].in_place || n.out.size() != 1) return;
    const ValueId y = n.out[0];
    for (ValueId x : n.in) {
      if (!in_arena(graph_, x) || graph_.type(x).bytes() != graph_.type(y).bytes() || !dies_at(x, position) || reads_part_of(x, n))
        continue;
      if (views_.whole(y) && keeps_alignment(views_, y, views_.offset_of(x), alignments_))
        return views_.lay(y, views_.set_of(x), views_.offset_of(x));
      if (views_.whole(x) && keeps_alignment(views_, x, views_.offset_of(y), alignments_))
        return views_.lay(x, views_.set_of(y), views_.offset_of(y));
    }
  }

  /// True when nobody reads a byte of x after `position`.
  bool dies_at(ValueId x, int position) const {
    const int64_t begin = views_.offset_of(x), end = begin + graph_.type(x).bytes();
    const auto& set = views_.values(views_.set_of(x));
    return std::all_of(set.begin(), set.end(), [&](ValueId v) {
      const int64_t at = views_.offset_of(v);
      if (at >= end || at + graph_.type(v).bytes() <= begin) return true;
      return read_[static_cast<size_t>(v)] <= position && !is_output_[static_cast<size_t>(v)];
    });
  }

  /// True when the node reads some bytes of x as another operand.
  bool reads_part_of(ValueId x, const Node& n) const {
    const int64_t begin = views_.offset_of(x), end = begin + graph_.type(x).bytes();
    return std::any_of(n.in.begin(), n.in.end(), [&](ValueId v) {
      if (v == kAbsent || views_.set_of(v) != views_.set_of(x)) return false;
      const int64_t at = views_.offset_of(v), until = at + graph_.type(v).bytes();
      return at < end && until > begin && (at != begin || until != end);
    });
  }

  /// The buffer of the value's set, unless it has one or lies elsewhere.
  void add_buffer(ValueId id) {
    if (!in_arena(graph_, id) || made_.buffer_of[static_cast<size_t>(id)] >= 0) return;
    const int set = views_.set_of(id), index = static_cast<int>(made_.buffers.size());
    PlanBuffer buffer{.bytes = views_.bytes(set)};
    for (ValueId v : views_.values(set)) {
      if (!in_arena(graph_, v)) continue;
      buffer.values.push_back(v);
      buffer.align = std::max(buffer.align, alignments_[static_cast<size_t>(v)]);
      made_.buffer_of[static_cast<size_t>(v)] = index;
      made_.offset_in[static_cast<size_t>(v)] = views_.offset_of(v);
    }
    std::vector<Piece> pieces = pieces_of(buffer);
    buffer.first = pieces[0].first, buffer.last = pieces[0].last;
    for (const Piece& piece : pieces) buffer.first = std::min(buffer.first, piece.first), buffer.last = std::max(buffer.last, piece.last);
    buffer.last = std::min(buffer.last, std::max(0, static_cast<int>(order_.size()) - 1));
    made_.buffers.push_back(std::move(buffer));
    made_.pieces.push_back(std::move(pieces));
  }

  std::vector<Piece> pieces_of(const PlanBuffer& buffer) const {
    std::set<int64_t> cuts = {0, buffer.bytes};
    for (ValueId v : buffer.values) {
      cuts.insert(views_.offset_of(v));
      cuts.insert(views_.offset_of(v) + graph_.type(v).bytes());
    }
    std::vector<Piece> pieces;
    for (auto cut = cuts.begin(); std::next(cut) != cuts.end(); ++cut) {
      const Piece piece = piece_of(buffer, *cut, *std::next(cut));
      if (!pieces.empty() && pieces.back().first == piece.first && pieces.back().last == piece.last)
        pieces.back().end = piece.end;
      else
        pieces.push_back(piece);
    }
    return pieces.empty() ? std::vector<Piece>{piece_of(buffer, 0, 0)} : pieces;
  }

  Piece piece_of(const PlanBuffer& buffer, int64_t begin, int64_t end) const {
    Piece piece{begin, end, static_cast<int>(order_.size()), 0};
    for (ValueId v : buffer.values) {
      const int64_t at = views_.offset_of(v);
      if (at > begin || at + graph_.type(v).bytes() < end) continue;
      if (const int written = written_[static_cast<size_t>(v)]; written >= 0)
        piece.first = std::min(piece.first, written), piece.last = std::max(piece.last, written);
      piece.last = std::max(piece.last, read_[static_cast<size_t>(v)]);
    }
    return piece;
  }

  void add_scratch(int index, int position) {
    const PlanStep& step = steps_[static_cast<size_t>(index)];
    if (step.scratch_bytes <= 0 || made_.is_view[static_cast<size_t>(index)]) return;
    made_.scratch_of[static_cast<size_t>(index)] = static_cast<int>(made_.buffers.size());
    made_.buffers.push_back(
        {.scratch_of = index, .bytes = step.scratch_bytes, .align = std::max(1, step.scratch_align), .first = position, .last = position});
    made_.pieces.push_back({{0, step.scratch_bytes, position, position}});
  }

  const Graph& graph_;
  std::span<const PlanStep> steps_;
  std::span<const int> order_;
  std::vector<int> alignments_;
  Lifetimes made_;
  Views views_;
  std::vector<int> written_, read_;  // per value: the position that writes it, the last that reads it; -1: none
  std::vector<bool> is_output_;
};

}  // namespace

Lifetimes lifetimes_of(const Graph& graph, std::span<const PlanStep> steps, std::span<const int> order) {
  return Builder(graph, steps, order).build();
}

}  // namespace thimble

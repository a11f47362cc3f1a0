#include "plan/lifetimes.h"

#include <algorithm>
#include <set>

namespace thimble {
namespace {

int64_t round_up(int64_t bytes, int64_t align) { return (bytes + align - 1) / align * align; }

class Builder {
 public:
  Builder(const Graph& graph, std::span<const PlanStep> steps, std::span<const int> order)
      : graph_(graph), steps_(steps), order_(order), last_use_(graph.values.size(), 0) {
    made_.buffer_of.assign(graph.values.size(), -1);
    made_.scratch_of.assign(graph.nodes.size(), -1);
  }

  Lifetimes build() {
    find_last_uses();
    for (ValueId id : graph_.inputs)
      if (in_arena(graph_, id)) new_buffer(id, 0);
    for (size_t i = 0; i < order_.size(); ++i) run_node(order_[i], static_cast<int>(i));
    return std::move(made_);
  }

 private:
  void find_last_uses() {
    for (size_t i = 0; i < order_.size(); ++i) {
      const Node& node = graph_.nodes[static_cast<size_t>(order_[i])];
      for (ValueId id : node.in)
        if (id != kAbsent) last_use_[static_cast<size_t>(id)] = static_cast<int>(i);
      // What nobody reads is still written once.
      for (ValueId id : node.out) last_use_[static_cast<size_t>(id)] = static_cast<int>(i);
    }
    is_output_.assign(graph_.values.size(), false);
    for (ValueId id : graph_.outputs) {
      is_output_[static_cast<size_t>(id)] = true;
      last_use_[static_cast<size_t>(id)] = std::max(0, static_cast<int>(order_.size()) - 1);
    }
  }

  void run_node(int index, int position) {
    const Node& node = graph_.nodes[static_cast<size_t>(index)];
    const PlanStep& step = steps_[static_cast<size_t>(index)];
    const int taken = operand_to_take(node, step, position);
    for (size_t i = 0; i < node.out.size(); ++i) taken >= 0 && i == 0 ? join(taken, node.out[i]) : new_buffer(node.out[i], position);
    for (const auto* ids : {&node.in, &node.out})
      for (ValueId id : *ids)
        if (PlanBuffer* buffer = buffer_at(id)) buffer->align = std::max(buffer->align, step.align);
    if (step.scratch_bytes <= 0) return;
    made_.scratch_of[static_cast<size_t>(index)] = static_cast<int>(made_.buffers.size());
    made_.buffers.push_back(
        {.scratch_of = index, .bytes = step.scratch_bytes, .align = std::max(1, step.scratch_align), .first = position, .last = position});
  }

  /// The buffer that the first output may live in, or -1.
  int operand_to_take(const Node& node, const PlanStep& step, int position) const {
    if (shares_operand(graph_, node, step)) return made_.buffer_of[static_cast<size_t>(node.in[0])];
    if (!step.in_place || node.out.size() != 1) return -1;
    for (ValueId id : node.in) {
      if (!in_arena(graph_, id) || graph_.type(id).bytes() != graph_.type(node.out[0]).bytes()) continue;
      const int buffer = made_.buffer_of[static_cast<size_t>(id)];
      if (dies_at(made_.buffers[static_cast<size_t>(buffer)], position)) return buffer;
    }
    return -1;
  }

  bool dies_at(const PlanBuffer& buffer, int position) const {
    return std::all_of(buffer.values.begin(), buffer.values.end(),
                       [&](ValueId id) { return last_use_[static_cast<size_t>(id)] <= position && !is_output_[static_cast<size_t>(id)]; });
  }

  PlanBuffer* buffer_at(ValueId id) {
    if (id == kAbsent || made_.buffer_of[static_cast<size_t>(id)] < 0) return nullptr;
    return &made_.buffers[static_cast<size_t>(made_.buffer_of[static_cast<size_t>(id)])];
  }

  void join(int buffer, ValueId id) {
    PlanBuffer& shared = made_.buffers[static_cast<size_t>(buffer)];
    shared.values.push_back(id);
    shared.align = std::max(shared.align, static_cast<int>(bytes_of(graph_.type(id).dtype)));
    shared.last = std::max(shared.last, last_use_[static_cast<size_t>(id)]);
    made_.buffer_of[static_cast<size_t>(id)] = buffer;
  }

  void new_buffer(ValueId id, int first) {
    made_.buffers.push_back({.bytes = graph_.type(id).bytes(), .first = first, .last = first});
    join(static_cast<int>(made_.buffers.size()) - 1, id);
  }

  const Graph& graph_;
  std::span<const PlanStep> steps_;
  std::span<const int> order_;
  std::vector<int> last_use_;  // per value: the last position that needs it
  std::vector<bool> is_output_;
  Lifetimes made_;
};

/// Two buffers with alignment `a` never share a block of `a` bytes, so each takes whole blocks; only the topmost may end early.
int64_t bound_with_alignment(std::span<const PlanBuffer* const> live, int align) {
  int64_t blocks = 0, slack = 0;
  for (const PlanBuffer* buffer : live) {
    if (buffer->align < align) continue;
    const int64_t rounded = round_up(buffer->bytes, align);
    blocks += rounded;
    slack = std::max(slack, rounded - buffer->bytes);
  }
  return blocks - slack;
}

}  // namespace

Lifetimes lifetimes_of(const Graph& graph, std::span<const PlanStep> steps, std::span<const int> order) {
  return Builder(graph, steps, order).build();
}

bool in_arena(const Graph& graph, ValueId id) { return id != kAbsent && !graph.value(id).constant() && !graph.value(id).state; }

bool shares_operand(const Graph& graph, const Node& node, const PlanStep& step) {
  return step.alias && !node.in.empty() && in_arena(graph, node.in[0]) && graph.type(node.in[0]).bytes() == graph.type(node.out[0]).bytes();
}

std::vector<int64_t> live_bytes_of(std::span<const PlanBuffer> buffers, size_t positions) {
  std::vector<int64_t> live(std::max<size_t>(positions, 1));
  for (const PlanBuffer& buffer : buffers)
    for (int t = buffer.first; t <= buffer.last; ++t) live[static_cast<size_t>(t)] += buffer.bytes;
  return live;
}

int64_t lower_bound_of(std::span<const PlanBuffer> buffers, size_t positions) {
  const std::vector<int64_t> raw = live_bytes_of(buffers, positions);
  int64_t bound = *std::max_element(raw.begin(), raw.end());
  std::set<int> aligns;
  for (const PlanBuffer& buffer : buffers) aligns.insert(buffer.align);
  for (int t = 0; t < static_cast<int>(raw.size()); ++t) {
    std::vector<const PlanBuffer*> live;
    for (const PlanBuffer& buffer : buffers)
      if (buffer.first <= t && t <= buffer.last) live.push_back(&buffer);
    for (int align : aligns) bound = std::max(bound, bound_with_alignment(live, align));
  }
  return bound;
}

}  // namespace thimble

/// Graphs whose ops are sizes only, the steps that go with them, and a memory that knows what each of its bytes holds.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "plan/plan.h"
#include "plan/views.h"

namespace thimble::testing {

struct SizeAttrs {
  std::vector<int64_t> bytes = {1};
  template <class V>
  void fields(V&& v) {
    v("bytes", bytes, "of each output");
  }
};

inline std::vector<TensorType> infer_sizes(const Attrs& attrs, Inputs) {
  std::vector<TensorType> types;
  for (int64_t bytes : attrs.as<SizeAttrs>().bytes) types.push_back({DType::I8, {bytes}, {}});
  return types;
}
inline const OpDef kSizeOp = {.name = "op", .max_in = -1, .outputs = -1, .attrs = SizeAttrs{}, .infer = infer_sizes};

struct Sketch {
  Graph graph{.name = "sketch"};
  std::vector<PlanStep> steps;

  ValueId input(int64_t bytes) { return graph.add_input("in", {DType::I8, {bytes}, {}}); }
  /// The first output; the others follow it.
  ValueId node(std::vector<ValueId> in, std::vector<int64_t> bytes, PlanStep step = {}) {
    steps.push_back(std::move(step));
    return graph.add_node(kSizeOp, "n" + std::to_string(steps.size() - 1), std::move(in), SizeAttrs{std::move(bytes)});
  }
  ValueId node(std::vector<ValueId> in, int64_t bytes, PlanStep step = {}) {
    return node(std::move(in), std::vector<int64_t>{bytes}, std::move(step));
  }
  /// Bytes `at` of x.
  ValueId slice(ValueId x, int64_t at, int64_t bytes) { return node({x}, bytes, {.outputs_at = {at}}); }
  ValueId concat(std::vector<ValueId> in) {
    PlanStep step;
    int64_t bytes = 0;
    for (ValueId id : in) {
      step.operands_at.push_back(bytes);
      bytes += graph.type(id).bytes();
    }
    return node(std::move(in), bytes, std::move(step));
  }
  Plan plan(std::vector<ValueId> outputs) {
    graph.outputs = std::move(outputs);
    verify(graph);
    return plan_memory(graph, steps);
  }
};

inline const PlanStep kInPlace = {.in_place = true};
inline const PlanStep kAlias = {.alias = true};

/// Runs the plan on a memory of marks: every byte knows which byte of which value it holds. A reader must find its operands whole, at the
/// end of its work as at the beginning, unless it may overwrite them; what may lie `overlap` bytes over its operand does so as badly as
/// that allows.
class Memory {
 public:
  Memory(const Sketch& sketch, const Plan& plan)
      : graph_(sketch.graph),
        steps_(sketch.steps),
        plan_(plan),
        bytes_(static_cast<size_t>(plan.arena_bytes)),
        holds_(graph_.values.size()) {
    for (size_t i = 0; i < graph_.values.size(); ++i)
      for (int64_t k = 0; k < graph_.values[i].type.bytes(); ++k) holds_[i].emplace_back(static_cast<ValueId>(i), k);
  }

  ::testing::AssertionResult run() {
    for (ValueId id : graph_.inputs) write(id);
    for (int n : plan_.order)
      if (auto result = run_node(n); !result) return result << " at node " << n;
    for (ValueId id : graph_.outputs)
      if (in_arena(graph_, id) && !whole(id)) return ::testing::AssertionFailure() << "output " << id << " is clobbered";
    return ::testing::AssertionSuccess();
  }

 private:
  using Mark = std::pair<ValueId, int64_t>;

  ::testing::AssertionResult run_node(int n) {
    const Node& node = graph_.nodes[static_cast<size_t>(n)];
    const PlanStep& step = steps_[static_cast<size_t>(n)];
    if (plan_.is_view[static_cast<size_t>(n)]) {
      name(node, step);
      return ::testing::AssertionSuccess();
    }
    const int scratch = plan_.scratch_of[static_cast<size_t>(n)];
    if (scratch >= 0) fill(plan_.buffers[static_cast<size_t>(scratch)], {-2, n});
    if (const auto result = operands_whole(node, false); !result) return result;
    const bool replaces = takes_place(node, step);
    const bool sweeps = !replaces && node.out.size() == 1 && step.overlap && in_arena(graph_, node.in[0]);
    if (sweeps && !sweep(node, *step.overlap)) return ::testing::AssertionFailure() << "operand 0 is overwritten before it is read";
    for (ValueId id : node.out) write(id);
    if (scratch >= 0 && !filled(plan_.buffers[static_cast<size_t>(scratch)], {-2, n}))
      return ::testing::AssertionFailure() << "the scratch is clobbered";
    return sweeps ? ::testing::AssertionSuccess() : operands_whole(node, replaces);
  }

  bool same_place(ValueId x, ValueId y) const {
    return in_arena(graph_, x) && plan_.offset_of(x) == plan_.offset_of(y) && graph_.type(x).bytes() == graph_.type(y).bytes();
  }
  bool takes_place(const Node& node, const PlanStep& step) const {
    return step.in_place && node.out.size() == 1 &&
           std::any_of(node.in.begin(), node.in.end(), [&](ValueId x) { return same_place(x, node.out[0]); });
  }

  /// Byte w of the output is written when all of the operand up to byte w - distance has been read, and no more.
  bool sweep(const Node& node, int64_t distance) {
    const ValueId x = node.in[0], y = node.out[0];
    const int64_t in = plan_.offset_of(x), out = plan_.offset_of(y), size = graph_.type(x).bytes();
    int64_t read = 0;
    for (int64_t w = 0; w <= graph_.type(y).bytes(); ++w) {
      const int64_t until = w < graph_.type(y).bytes() ? std::min(size, w - distance + 1) : size;
      for (; read < until; ++read)
        if (bytes_[static_cast<size_t>(in + read)] != holds_[static_cast<size_t>(x)][static_cast<size_t>(read)]) return false;
      if (w < graph_.type(y).bytes()) bytes_[static_cast<size_t>(out + w)] = {y, w};
    }
    return true;
  }

  /// What the bytes of a view are: those of the values it consists of.
  void name(const Node& node, const PlanStep& step) {
    const auto& at = step.alias ? std::vector<int64_t>{0} : step.outputs_at;
    for (size_t i = 0; i < at.size(); ++i)
      for (size_t k = 0; k < holds_[static_cast<size_t>(node.out[i])].size(); ++k)
        holds_[static_cast<size_t>(node.out[i])][k] = holds_[static_cast<size_t>(node.in[0])][static_cast<size_t>(at[i]) + k];
    for (size_t i = 0; i < step.operands_at.size(); ++i) {
      const auto& part = holds_[static_cast<size_t>(node.in[i])];
      std::copy(part.begin(), part.end(), holds_[static_cast<size_t>(node.out[0])].begin() + step.operands_at[i]);
    }
  }

  /// `replaced`: but for those whose very place the output took.
  ::testing::AssertionResult operands_whole(const Node& node, bool replaced) const {
    for (ValueId id : node.in) {
      if (!in_arena(graph_, id) || (replaced && same_place(id, node.out[0]))) continue;
      if (!whole(id)) return ::testing::AssertionFailure() << "value " << id << " is clobbered";
    }
    return ::testing::AssertionSuccess();
  }

  bool whole(ValueId id) const {
    const auto& marks = holds_[static_cast<size_t>(id)];
    return std::equal(marks.begin(), marks.end(), bytes_.begin() + plan_.offset_of(id));
  }
  void write(ValueId id) {
    const auto& marks = holds_[static_cast<size_t>(id)];
    if (in_arena(graph_, id)) std::copy(marks.begin(), marks.end(), bytes_.begin() + plan_.offset_of(id));
  }
  void fill(const PlanBuffer& b, Mark mark) { std::fill_n(bytes_.begin() + b.offset, b.bytes, mark); }
  bool filled(const PlanBuffer& b, Mark mark) const {
    return std::all_of(bytes_.begin() + b.offset, bytes_.begin() + b.offset + b.bytes, [&](Mark m) { return m == mark; });
  }

  const Graph& graph_;
  const std::vector<PlanStep>& steps_;
  const Plan& plan_;
  std::vector<Mark> bytes_;
  std::vector<std::vector<Mark>> holds_;  // per value
};

inline ::testing::AssertionResult sound(const Sketch& sketch, const Plan& plan) {
  for (size_t i = 0; i < plan.buffers.size(); ++i) {
    const PlanBuffer& a = plan.buffers[i];
    if (a.offset % a.align != 0)
      return ::testing::AssertionFailure() << "buffer " << i << " at " << a.offset << " breaks its alignment " << a.align;
    if (a.offset + a.bytes > plan.arena_bytes) return ::testing::AssertionFailure() << "buffer " << i << " ends beyond the arena";
  }
  const std::vector<int> alignments = alignments_of(sketch.graph, sketch.steps);
  for (size_t i = 0; i < sketch.graph.values.size(); ++i)
    if (plan.buffer_of[i] >= 0 && plan.offset_of(static_cast<ValueId>(i)) % alignments[i] != 0)
      return ::testing::AssertionFailure() << "value " << i << " breaks its alignment " << alignments[i];
  if (plan.arena_bytes < plan.lower_bound) return ::testing::AssertionFailure() << "the lower bound is none";
  return Memory(sketch, plan).run();
}

}  // namespace thimble::testing

#include "plan/views.h"

#include <algorithm>

namespace thimble {

Views::Views(const Graph& graph) : graph_(graph), offset_of_(graph.values.size()) {
  for (size_t i = 0; i < graph.values.size(); ++i) {
    set_of_.push_back(static_cast<int>(i));
    sets_.push_back({static_cast<ValueId>(i)});
  }
}

int64_t Views::bytes(int set) const {
  int64_t end = 0;
  for (ValueId id : values(set)) end = std::max(end, offset_of(id) + graph_.type(id).bytes());
  return end;
}

bool Views::whole(ValueId id) const { return offset_of(id) == 0 && bytes(set_of(id)) <= graph_.type(id).bytes(); }

void Views::lay(ValueId id, int into, int64_t offset) {
  const int from = set_of(id);
  const int64_t shift = offset - offset_of(id);
  for (ValueId moved : values(from)) {
    set_of_[static_cast<size_t>(moved)] = into;
    offset_of_[static_cast<size_t>(moved)] += shift;
    sets_[static_cast<size_t>(into)].push_back(moved);
  }
  sets_[static_cast<size_t>(from)].clear();
}

bool in_arena(const Graph& graph, ValueId id) { return id != kAbsent && !graph.value(id).constant() && !graph.value(id).state; }

std::vector<int> alignments_of(const Graph& graph, std::span<const PlanStep> steps) {
  std::vector<int> alignments;
  for (const Value& value : graph.values) alignments.push_back(static_cast<int>(bytes_of(value.type.dtype)));
  for (size_t n = 0; n < graph.nodes.size(); ++n)
    for (const auto* ids : {&graph.nodes[n].in, &graph.nodes[n].out})
      for (ValueId id : *ids)
        if (id != kAbsent) alignments[static_cast<size_t>(id)] = std::max(alignments[static_cast<size_t>(id)], steps[n].align);
  return alignments;
}

bool keeps_alignment(const Views& views, ValueId id, int64_t offset, std::span<const int> alignments) {
  const auto& set = views.values(views.set_of(id));
  return std::all_of(set.begin(), set.end(), [&](ValueId v) {
    return (views.offset_of(v) - views.offset_of(id) + offset) % alignments[static_cast<size_t>(v)] == 0;
  });
}

namespace {

/// The outputs as bytes of operand 0.
bool lay_outputs(const Graph& graph, const Node& node, const std::vector<int64_t>& at, std::span<const int> alignments, Views& views) {
  if (at.size() != node.out.size() || node.in.empty() || !in_arena(graph, node.in[0])) return false;
  const int64_t base = views.offset_of(node.in[0]), bytes = graph.type(node.in[0]).bytes();
  for (size_t i = 0; i < at.size(); ++i)
    if (at[i] + graph.type(node.out[i]).bytes() > bytes || !keeps_alignment(views, node.out[i], base + at[i], alignments)) return false;
  for (size_t i = 0; i < at.size(); ++i) views.lay(node.out[i], views.set_of(node.in[0]), base + at[i]);
  return true;
}

/// The operands as bytes of the output: each must bring nothing along that reaches beyond it.
bool lay_operands(const Graph& graph, const Node& node, const std::vector<int64_t>& at, std::span<const int> alignments, Views& views) {
  if (at.size() != node.in.size() || node.out.size() != 1) return false;
  for (size_t i = 0; i < at.size(); ++i) {
    if (!in_arena(graph, node.in[i]) || !views.whole(node.in[i]) || !keeps_alignment(views, node.in[i], at[i], alignments)) return false;
    for (size_t k = 0; k < i; ++k)
      if (views.set_of(node.in[k]) == views.set_of(node.in[i])) return false;
  }
  for (size_t i = 0; i < at.size(); ++i) views.lay(node.in[i], views.set_of(node.out[0]), at[i]);
  return true;
}

}  // namespace

Views find_views(const Graph& graph, std::span<const PlanStep> steps, std::vector<bool>& is_view) {
  Views views(graph);
  const std::vector<int> alignments = alignments_of(graph, steps);
  is_view.assign(graph.nodes.size(), false);
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    const PlanStep& step = steps[n];
    if (step.alias)
      is_view[n] = lay_outputs(graph, node, {0}, alignments, views);
    else if (!step.outputs_at.empty())
      is_view[n] = lay_outputs(graph, node, step.outputs_at, alignments, views);
    else if (!step.operands_at.empty())
      is_view[n] = lay_operands(graph, node, step.operands_at, alignments, views);
  }
  return views;
}

}  // namespace thimble

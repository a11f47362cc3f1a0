#include "compress/value_scales.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "compress/int8_form.h"
#include "compress/recurrent.h"

namespace thimble {
namespace {

class Planner {
 public:
  explicit Planner(const Graph& graph) : graph_(graph), uses_(uses_of(graph)) {
    plan_.stays.resize(graph.nodes.size());
    plan_.group.assign(graph.values.size(), -1);
    plan_.fixed.resize(graph.values.size());
    plan_.floor.resize(graph.values.size());
    plan_.source.assign(graph.values.size(), false);
  }

  Int8Plan made() {
    for (size_t n = 0; n < graph_.nodes.size(); ++n) plan_.stays[n] = refuses_int8(graph_, graph_.nodes[n]);
    while (leave_islands()) {
    }
    for (size_t n = 0; n < graph_.nodes.size(); ++n)
      if (plan_.int8(n)) place(graph_.nodes[n]);
    for (size_t v = 0; v < plan_.group.size(); ++v)
      if (plan_.group[v] >= 0) plan_.group[v] = root(static_cast<int>(v));
    return std::move(plan_);
  }

 private:
  bool is_float_node(int n) const { return n >= 0 && plan_.stays[static_cast<size_t>(n)].has_value(); }

  /// What stands alone among float layers would only be converted to and fro.
  bool leave_islands() {
    bool any = false;
    for (size_t n = 0; n < graph_.nodes.size(); ++n) {
      if (!plan_.int8(n) || int8_form(*graph_.nodes[n].op) == Int8Form::Weighted || !is_island(graph_.nodes[n])) continue;
      plan_.stays[n] = "all around it is float";
      any = true;
    }
    return any;
  }
  bool is_island(const Node& node) const {
    for (ValueId id : node.in)
      if (is_activation(graph_, id) && !is_float_node(uses_.producer[static_cast<size_t>(id)])) return false;
    for (ValueId id : node.out) {
      if (std::find(graph_.outputs.begin(), graph_.outputs.end(), id) != graph_.outputs.end()) return false;
      const auto& readers = uses_.readers[static_cast<size_t>(id)];
      if (!std::all_of(readers.begin(), readers.end(), [&](int r) { return is_float_node(r); })) return false;
    }
    return true;
  }

  int root(int v) const {
    while (plan_.group[static_cast<size_t>(v)] != v) v = plan_.group[static_cast<size_t>(v)];
    return v;
  }
  /// Makes a group of the value where it has none; true when it is new.
  bool add(ValueId id) {
    int& group = plan_.group[static_cast<size_t>(id)];
    if (group >= 0) return false;
    group = id;
    return true;
  }
  void unite(ValueId a, ValueId b) {
    const int from = root(a), to = root(b);
    if (from == to) return;
    plan_.group[static_cast<size_t>(from)] = to;
    hold(to, plan_.floor[static_cast<size_t>(from)]);
  }
  void hold(int group, const std::optional<Range>& range) {
    auto& floor = plan_.floor[static_cast<size_t>(group)];
    if (range) floor = floor ? joined(*floor, *range) : *range;
  }

  void place(const Node& node) {
    for (ValueId id : node.in)
      if (is_activation(graph_, id) && add(id)) plan_.source[static_cast<size_t>(id)] = true;
    const Int8Form form = int8_form(*node.op);
    for (ValueId id : node.out) {
      if (!is_activation(graph_, id)) continue;
      add(id);
      if (form == Int8Form::Fixed) plan_.fixed[static_cast<size_t>(id)] = fixed_quant(*node.op);
      plan_.source[static_cast<size_t>(id)] = form == Int8Form::Own || form == Int8Form::Weighted || form == Int8Form::Recurrent;
    }
    if (form == Int8Form::Shared) share(node);
  }

  /// Unites operands and results. A scale that is laid down reaches the results when all operands have it; else it is cut off: that
  /// operand is brought to the results' scale by a step of its own.
  void share(const Node& node) {
    std::vector<ValueId> flowing;
    for (ValueId id : node.in)
      if (is_activation(graph_, id)) flowing.push_back(id);
    const auto fixed = [&](ValueId id) { return plan_.fixed[static_cast<size_t>(root(id))]; };
    const auto& first = fixed(flowing[0]);
    bool constants = false;
    for (ValueId id : node.in)
      constants = constants || (id != kAbsent && graph_.value(id).constant() && graph_.type(id).dtype == DType::F32);
    const bool all_fixed =
        first && !constants && std::all_of(flowing.begin(), flowing.end(), [&](ValueId id) { return fixed(id) == first; });
    for (ValueId id : node.out) unite(id, node.out[0]);
    for (ValueId id : flowing) {
      if (all_fixed || !fixed(id))
        unite(node.out[0], id);
      else
        hold(root(node.out[0]), reach(*fixed(id)));
    }
    for (ValueId id : node.in)
      if (id != kAbsent && graph_.value(id).constant() && graph_.type(id).dtype == DType::F32)
        hold(root(node.out[0]), range_of(graph_.value(id)));
  }
  static Range reach(const Quant& quant) {
    const auto at = [&](int code) { return quant.scale[0] * static_cast<float>(code - quant.zero[0]); };
    return {at(-128), at(127)};
  }

  const Graph& graph_;
  Uses uses_;
  Int8Plan plan_;
};

/// hard_swish of int8 computes in steps of 1/128 of the input's scale.
void widen_hard_swish(const Graph& graph, const Int8Plan& plan, std::vector<std::optional<Quant>>& by_group,
                      std::vector<std::optional<Range>>& ranges) {
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    if (!plan.int8(n) || node.op->name != "hard_swish") continue;
    const auto in = static_cast<size_t>(plan.group[static_cast<size_t>(node.in[0])]);
    const auto out = static_cast<size_t>(plan.group[static_cast<size_t>(node.out[0])]);
    const float least = by_group[in]->scale[0] / 127;
    if (by_group[out]->scale[0] >= least || !ranges[out]) continue;
    ranges[out] = Range{ranges[out]->low, std::max(ranges[out]->high, std::min(ranges[out]->low, 0.0F) + 255 * least)};
    by_group[out] = activation_quant(*ranges[out]);
  }
}

[[noreturn]] void throw_unknown(const std::vector<std::string>& names) {
  constexpr size_t kShown = 8;
  std::string text =
      fmt::format("{} of the graph ha{} no range, so no scale:", names.size() == 1 ? "a value" : fmt::format("{} values", names.size()),
                  names.size() == 1 ? "s" : "ve");
  for (size_t i = 0; i < std::min(names.size(), kShown); ++i) text += "\n  '" + names[i] + "'";
  if (names.size() > kShown) text += fmt::format("\n  and {} more", names.size() - kShown);
  throw Error(Blame::User, text, "calibrate the very graph that is quantised, after all passes");
}

}  // namespace

Range range_of(const Value& value) {
  const auto all = TensorView{&value.type, const_cast<std::byte*>(value.data->data())}.as<const float>();
  const auto [low, high] = std::minmax_element(all.begin(), all.end());
  return {*low, *high};
}

Int8Plan plan_int8(const Graph& graph) { return Planner(graph).made(); }

std::vector<ValueId> measured_values(const Graph& graph, const Int8Plan& plan) {
  std::vector<ValueId> ids;
  for (size_t v = 0; v < graph.values.size(); ++v)
    if (plan.source[v]) ids.push_back(static_cast<ValueId>(v));
  for (size_t n = 0; n < graph.nodes.size(); ++n)
    if (plan.int8(n))
      for (size_t state : measured_states(*graph.nodes[n].op)) ids.push_back(graph.nodes[n].in[state]);
  return ids;
}

std::vector<std::optional<Quant>> value_scales(const Graph& graph, const Int8Plan& plan, const Ranges& ranges) {
  const auto known = [&](ValueId id) { return static_cast<size_t>(id) < ranges.size() ? ranges[static_cast<size_t>(id)] : std::nullopt; };
  std::vector<std::string> unknown;
  std::vector<std::optional<Range>> held = plan.floor;
  for (ValueId id : measured_values(graph, plan)) {
    const auto range = known(id);
    if (!range) {
      unknown.push_back(graph.value(id).name);
    } else if (plan.source[static_cast<size_t>(id)]) {
      auto& all = held[static_cast<size_t>(plan.group[static_cast<size_t>(id)])];
      all = all ? joined(*all, *range) : *range;
    }
  }
  if (!unknown.empty()) throw_unknown(unknown);
  std::vector<std::optional<Quant>> by_group = plan.fixed;
  for (size_t g = 0; g < held.size(); ++g)
    if (!by_group[g] && held[g]) {
      const Doing doing([&] { return "giving '" + graph.values[g].name + "' a scale"; });
      by_group[g] = activation_quant(*held[g]);
    }
  widen_hard_swish(graph, plan, by_group, held);
  std::vector<std::optional<Quant>> scales(graph.values.size());
  for (size_t v = 0; v < scales.size(); ++v)
    if (plan.group[v] >= 0) scales[v] = by_group[static_cast<size_t>(plan.group[v])];
  return scales;
}

}  // namespace thimble

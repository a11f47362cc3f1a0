#include "fit/pricing.h"

#include <algorithm>

#include "codegen/choose.h"
#include "fit/one_layer.h"

namespace thimble {
namespace {

std::vector<TensorType> types_of(const Node& node, const Graph& graph) {
  std::vector<TensorType> types;
  for (const auto* ids : {&node.in, &node.out})
    for (ValueId id : *ids) types.push_back(id == kAbsent ? TensorType{} : graph.type(id));
  return types;
}

bool same_types(const Node& node, const Graph& graph, const std::vector<TensorType>& types) {
  if (types.size() != node.in.size() + node.out.size()) return false;
  size_t at = 0;
  for (const auto* ids : {&node.in, &node.out})
    for (ValueId id : *ids) {
      const TensorType& known = types[at++];
      if (id == kAbsent ? known != TensorType{} : known != graph.type(id)) return false;
    }
  return true;
}

}  // namespace

Preference preference_with(Swaps swaps, Preference prefer) {
  if (swaps.empty()) return prefer;
  return [swaps = std::move(swaps), prefer = std::move(prefer)](const Node& node, const Graph& graph) {
    if (const auto found = swaps.find(shape_text(node, graph)); found != swaps.end()) return found->second;
    return prefer ? prefer(node, graph) : std::string();
  };
}

const Pricer::Layer& Pricer::layer(const Node& node, const Graph& graph) {
  Key key{node.op, {}};
  for (ValueId id : node.in) key.second.push_back(id == kAbsent ? nullptr : static_cast<const void*>(graph.value(id).data.get()));
  std::deque<Layer>& known = layers_[std::move(key)];
  for (const Layer& one : known)
    if (same_types(node, graph, one.types) && one.attrs == node.attrs) return one;
  Layer made{types_of(node, graph), node.attrs, shape_text(node, graph), {}};
  for (const Verdict& verdict : consider(node, graph, board_, options_.optimize))
    if (verdict.refusal.empty()) made.options.push_back({verdict.kernel, plan_step(node, *verdict.kernel, graph), verdict.cycles});
  const std::string preferred = options_.prefer ? options_.prefer(node, graph) : "";
  const auto at = std::find_if(made.options.begin(), made.options.end(), [&](const Option& o) { return o.kernel->name == preferred; });
  if (at != made.options.end()) std::rotate(made.options.begin(), at, at + 1);
  known.push_back(std::move(made));
  return known.back();
}

const std::vector<Pricer::Option>& Pricer::options_for(const Node& node, const Graph& graph) { return layer(node, graph).options; }

const Pricer::Option* Pricer::chosen(const Layer& layer, const Swaps& swaps) {
  if (layer.options.empty()) return nullptr;
  if (const auto swap = swaps.empty() ? swaps.end() : swaps.find(layer.shape); swap != swaps.end())
    for (const Option& option : layer.options)
      if (option.kernel->name == swap->second) return &option;
  return &layer.options[0];
}

const Pricer::Option& Pricer::option_of(const Node& node, const Graph& graph, const Swaps& swaps) {
  const Option* const option = chosen(layer(node, graph), swaps);
  require(option, "a kernel for the node");
  return *option;
}

std::optional<Price> Pricer::price(const Graph& graph, const Swaps& swaps, Planning planning) {
  Price price;
  std::vector<PlanStep> steps;
  std::vector<double> cycles;
  for (const Node& node : graph.nodes) {
    const Option* const option = chosen(layer(node, graph), swaps);
    if (!option) return std::nullopt;
    steps.push_back(option->step);
    cycles.push_back(option->cycles);
  }
  price.plan = planning == Planning::Quick ? plan_quickly(graph, steps) : plan_memory(graph, std::move(steps));
  for (size_t n = 0; n < cycles.size(); ++n)
    if (!price.plan.is_view[n]) price.cycles += cycles[n];
  price.ram = price.plan.arena_bytes;
  for (const Value& value : graph.values)
    if (value.state) price.ram += value.type.bytes();
  return price;
}

}  // namespace thimble

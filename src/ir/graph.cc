#include "ir/graph.h"

#include <algorithm>

namespace thimble {
namespace {

TensorView view_of(const Graph& graph, ValueId id) {
  if (id == kAbsent) return {};
  const Value& value = graph.value(id);
  return {&value.type, value.constant() ? const_cast<std::byte*>(value.data->data()) : nullptr};
}

}  // namespace

ValueId Graph::add_value(Value value) {
  values.push_back(std::move(value));
  return static_cast<ValueId>(values.size() - 1);
}

ValueId Graph::add_input(std::string input_name, TensorType type) {
  inputs.push_back(add_value({std::move(input_name), std::move(type), nullptr}));
  return inputs.back();
}

ValueId Graph::add_state(std::string state_name, TensorType type) {
  return add_value({std::move(state_name), std::move(type), nullptr, true});
}

ValueId Graph::add_node(const OpDef& op, std::string node_name, std::vector<ValueId> in, Attrs attrs, std::vector<Quant> quant) {
  if (attrs.none()) attrs = op.attrs;
  Node node{&op, std::move(node_name), std::move(in), {}, std::move(attrs)};
  std::vector<TensorType> types = op.infer(node.attrs, input_views(*this, node));
  const auto first = static_cast<ValueId>(values.size());
  for (size_t i = 0; i < types.size(); ++i) {
    if (i < quant.size() && quant[i].quantised()) types[i].quant = quant[i];
    node.out.push_back(add_value({types.size() == 1 ? node.name : node.name + "_" + std::to_string(i), std::move(types[i]), nullptr}));
  }
  nodes.push_back(std::move(node));
  return first;
}

std::vector<TensorView> input_views(const Graph& graph, const Node& node) {
  std::vector<TensorView> views;
  for (ValueId id : node.in) views.push_back(view_of(graph, id));
  return views;
}

std::vector<TensorView> output_views(const Graph& graph, const Node& node) {
  std::vector<TensorView> views;
  for (ValueId id : node.out) views.push_back(view_of(graph, id));
  return views;
}

int64_t macs_of(const Graph& graph, const Node& node) {
  return node.op->macs ? node.op->macs(node.attrs, input_views(graph, node), output_views(graph, node)) : 0;
}

Uses uses_of(const Graph& graph) {
  Uses uses{std::vector<int>(graph.values.size(), -1), std::vector<std::vector<int>>(graph.values.size())};
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    for (ValueId id : graph.nodes[n].in)
      if (id != kAbsent) uses.readers[static_cast<size_t>(id)].push_back(static_cast<int>(n));
    for (ValueId id : graph.nodes[n].out) uses.producer[static_cast<size_t>(id)] = static_cast<int>(n);
  }
  return uses;
}

void replace_uses(Graph& graph, ValueId from, ValueId to) {
  for (Node& node : graph.nodes) std::replace(node.in.begin(), node.in.end(), from, to);
  std::replace(graph.outputs.begin(), graph.outputs.end(), from, to);
}

}  // namespace thimble

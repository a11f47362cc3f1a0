#include "passes/rewrite.h"

#include <algorithm>

namespace thimble {

bool is_op(const Node& node, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), node.op->name) != names.end();
}

bool is_graph_output(const Graph& graph, ValueId id) {
  return std::find(graph.outputs.begin(), graph.outputs.end(), id) != graph.outputs.end();
}

ValueId operand(const Node& node, size_t i) { return i < node.in.size() ? node.in[i] : kAbsent; }

const Value* constant_operand(const Graph& graph, const Node& node, size_t i) {
  const ValueId id = operand(node, i);
  return id != kAbsent && graph.value(id).constant() ? &graph.value(id) : nullptr;
}

Node* sole_producer(Graph& graph, const Uses& uses, const Node& node, size_t i) {
  const ValueId id = operand(node, i);
  if (id == kAbsent) return nullptr;
  const int producer = uses.producer[static_cast<size_t>(id)];
  if (producer < 0 || uses.readers[static_cast<size_t>(id)].size() != 1 || is_graph_output(graph, id)) return nullptr;
  return &graph.nodes[static_cast<size_t>(producer)];
}

void erase_nodes(Graph& graph, const std::vector<bool>& dead) {
  size_t kept = 0;
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    if (dead[n]) continue;
    if (kept != n) graph.nodes[kept] = std::move(graph.nodes[n]);
    ++kept;
  }
  graph.nodes.resize(kept);
}

void erase_unread(Graph& graph, std::string_view op) {
  const Uses uses = uses_of(graph);
  std::vector<bool> dead(graph.nodes.size());
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const ValueId out = graph.nodes[n].out[0];
    dead[n] = graph.nodes[n].op->name == op && uses.readers[static_cast<size_t>(out)].empty() && !is_graph_output(graph, out);
  }
  erase_nodes(graph, dead);
}

Attrs with_attr(const Attrs& attrs, std::string_view key, FieldValue value) {
  AttrBag bag = attrs.bag();
  bag.insert_or_assign(std::string(key), std::move(value));
  return attrs.with(bag);
}

std::optional<std::vector<TensorType>> inferred(const Graph& graph, const Node& node) {
  try {
    return node.op->infer(node.attrs, input_views(graph, node));
  } catch (const Error& error) {
    if (error.blame == Blame::Bug) throw;
    return std::nullopt;
  }
}

bool replace_output(Graph& graph, const Uses& uses, size_t n, ValueId by, std::vector<bool>& dead) {
  const ValueId out = graph.nodes[n].out[0];
  if (graph.value(by).state) return false;  // a later node may change it, but not what was read before
  if (is_graph_output(graph, out)) {
    if (is_graph_output(graph, by) || uses.producer[static_cast<size_t>(by)] < 0) return false;
    graph.value(by).name = graph.value(out).name;  // what users know the output by
  }
  replace_uses(graph, out, by);
  dead[n] = true;
  return true;
}

std::optional<Codes> all_codes(const TensorType& like) {
  if ((like.dtype != DType::I8 && like.dtype != DType::U8) || !like.quant.quantised() || like.quant.per_channel()) return std::nullopt;
  Codes codes{{like.dtype, {256}, like.quant}, Buffer(256)};
  const int first = like.dtype == DType::I8 ? -128 : 0;
  for (int i = 0; i < 256; ++i) codes.bytes[static_cast<size_t>(i)] = static_cast<std::byte>(first + i);
  return codes;
}

Codes apply(const Node& node, Codes codes, const TensorType& to) {
  Codes made{{to.dtype, codes.type.shape, to.quant}, {}};
  made.bytes.resize(static_cast<size_t>(made.type.bytes()));
  const TensorView in = {&codes.type, codes.bytes.data()}, out = {&made.type, made.bytes.data()};
  node.op->eval(node.attrs, Inputs(&in, 1), Outputs(&out, 1));
  return made;
}

}  // namespace thimble

#include "fit/one_layer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

namespace thimble {
namespace {

std::string operand_text(const Graph& graph, ValueId id) {
  if (id == kAbsent) return "_";
  const Value& value = graph.value(id);
  return fmt::format("{}{} {}", value.constant() ? "const " : "", name_of(value.type.dtype), to_string(value.type.shape));
}

std::string attribute_text(const Node& node) {
  const AttrBag defaults = node.op->attrs.bag();
  std::vector<std::string> parts;
  for (const auto& [key, value] : node.attrs.bag())
    if (const auto it = defaults.find(key); it == defaults.end() || it->second != value) parts.push_back(key + "=" + to_string(value));
  return parts.empty() ? "" : fmt::format(" {{{}}}", fmt::join(parts, " "));
}

}  // namespace

Graph alone(const Graph& graph, const Node& node) {
  Graph one;
  one.name = "alone";
  std::map<ValueId, ValueId> ids{{kAbsent, kAbsent}};
  const auto take = [&](ValueId id) {
    if (ids.contains(id)) return;
    ids[id] = one.add_value(graph.value(id));
  };
  for (const ValueId id : node.in) {
    if (ids.contains(id)) continue;
    take(id);
    const Value& value = graph.value(id);
    if (!value.constant() && !value.state) one.inputs.push_back(ids[id]);
  }
  for (const ValueId id : node.out) take(id);
  Node copy = node;
  for (ValueId& id : copy.in) id = ids[id];
  for (ValueId& id : copy.out) id = ids[id], one.outputs.push_back(id);
  one.nodes.push_back(std::move(copy));
  return one;
}

std::string shape_text(const Node& node, const Graph& graph) {
  std::vector<std::string> in, out;
  for (const ValueId id : node.in) in.push_back(operand_text(graph, id));
  for (const ValueId id : node.out) out.push_back(operand_text(graph, id));
  return fmt::format("{}({}) -> {}{}", node.op->name, fmt::join(in, ", "), fmt::join(out, ", "), attribute_text(node));
}

std::vector<const Kernel*> admissible_kernels(const Node& node, const Graph& graph, const Board& board, Optimize optimize) {
  std::vector<const Kernel*> rows;
  for (const Verdict& verdict : consider(node, graph, board, optimize))
    if (verdict.refusal.empty()) rows.push_back(verdict.kernel);
  return rows;
}

}  // namespace thimble

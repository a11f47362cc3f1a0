#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ir/graph.h"

namespace thimble {
namespace {

std::string operand(const Graph& graph, ValueId id) {
  if (id == kAbsent) return "_";
  const Value& value = graph.value(id);
  if (value.constant()) return fmt::format("%{}:const {}", id, to_string(value.type));
  return fmt::format("%{}", id);
}

std::string attributes(const Node& node) {
  const AttrBag defaults = node.op->attrs.bag();
  std::vector<std::string> parts;
  for (const auto& [key, value] : node.attrs.bag())
    if (const auto it = defaults.find(key); it == defaults.end() || it->second != value) parts.push_back(key + "=" + to_string(value));
  return parts.empty() ? "" : fmt::format(" {{{}}}", fmt::join(parts, " "));
}

}  // namespace

std::string print(const Graph& graph) {
  std::string text = fmt::format("graph {}\n", graph.name);
  for (ValueId id : graph.inputs) text += fmt::format("input %{}: {}  # {}\n", id, to_string(graph.type(id)), graph.value(id).name);
  for (size_t i = 0; i < graph.values.size(); ++i)
    if (graph.values[i].state) text += fmt::format("state %{}: {}  # {}\n", i, to_string(graph.values[i].type), graph.values[i].name);
  for (const Node& node : graph.nodes) {
    std::vector<std::string> out, in;
    for (ValueId id : node.out) out.push_back(fmt::format("%{}: {}", id, to_string(graph.type(id))));
    for (ValueId id : node.in) in.push_back(operand(graph, id));
    text += fmt::format("{} = {}({}){}  # {}\n", fmt::join(out, ", "), node.op->name, fmt::join(in, ", "), attributes(node), node.name);
  }
  std::vector<std::string> outputs;
  for (ValueId id : graph.outputs) outputs.push_back(fmt::format("%{}", id));
  return text + fmt::format("output {}\n", fmt::join(outputs, ", "));
}

}  // namespace thimble

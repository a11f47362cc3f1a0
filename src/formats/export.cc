#include "formats/export.h"

#include <fmt/format.h>

#include <optional>

namespace thimble {
namespace {

/// The node as the first map of its op that can express it; nothing when none can.
std::optional<ForeignNode> express(const Node& node, ForeignGraph& foreign) {
  for (const ForeignMap& map : node.op->tflite) {
    ForeignNode made{std::string(map.name), node.name, 1, {node.in.begin(), node.in.end()}, {node.out.begin(), node.out.end()}, {}};
    const size_t tensors = foreign.tensors.size();
    if (!map.write || map.write(node.attrs, made, foreign)) return made;
    foreign.tensors.resize(tensors);
  }
  return std::nullopt;
}

}  // namespace

ForeignGraph export_graph(const Graph& graph) {
  ForeignGraph foreign{graph.name, {}, {}, {graph.inputs.begin(), graph.inputs.end()}, {graph.outputs.begin(), graph.outputs.end()}};
  for (const Value& value : graph.values) foreign.tensors.push_back({value.name, value.type, value.data, value.state});
  std::string refused;
  for (const Node& node : graph.nodes) {
    if (auto made = express(node, foreign))
      foreign.nodes.push_back(std::move(*made));
    else
      refused += fmt::format("\n  {} '{}'", node.op->name, node.name);
  }
  if (!refused.empty())
    throw Error(Blame::Unsupported, "TFLite has no op for:" + refused,
                "compile the model instead; the C that Thimble writes runs all of its ops");
  return foreign;
}

}  // namespace thimble

#include "passes/passes.h"
#include "passes/rewrite.h"

namespace thimble {
namespace {

/// Marks what the graph outputs need, and every node that touches a state they need.
class Liveness {
 public:
  explicit Liveness(const Graph& graph) : graph_(graph), values_(graph.values.size()), nodes_(graph.nodes.size()) {
    for (ValueId id : graph.outputs) values_[static_cast<size_t>(id)] = true;
    while (sweep()) {
    }
  }
  bool node(size_t n) const { return nodes_[n]; }
  bool value(size_t v) const { return values_[v]; }

 private:
  bool needed(const Node& node) const {
    for (ValueId id : node.out)
      if (values_[static_cast<size_t>(id)]) return true;
    for (ValueId id : node.in)
      if (id != kAbsent && graph_.value(id).state && values_[static_cast<size_t>(id)]) return true;
    return false;
  }

  bool sweep() {
    bool found = false;
    for (size_t n = nodes_.size(); n-- > 0;) {
      if (nodes_[n] || !needed(graph_.nodes[n])) continue;
      found = nodes_[n] = true;
      for (ValueId id : graph_.nodes[n].in)
        if (id != kAbsent) values_[static_cast<size_t>(id)] = true;
    }
    return found;
  }

  const Graph& graph_;
  std::vector<bool> values_, nodes_;
};

/// Values keep their ids; a constant or state that nobody reads gives up its bytes.
int run(Graph& graph, PassContext& context) {
  const Liveness live(graph);
  int rewrites = 0;
  std::vector<bool> dead(graph.nodes.size());
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    if (live.node(n)) continue;
    dead[n] = true;
    ++rewrites;
    context.note("'" + graph.nodes[n].name + "' is never used");
  }
  erase_nodes(graph, dead);
  for (size_t v = 0; v < graph.values.size(); ++v) {
    Value& value = graph.values[v];
    if (live.value(v) || (!value.data && !value.state)) continue;
    value.data = nullptr;
    value.state = false;
    ++rewrites;
  }
  return rewrites;
}

}  // namespace

std::span<const Pass> dead_code_passes() {
  static const Pass kPasses[] = {{"dead_code", "drop nodes, constants and states that no output needs", run}};
  return kPasses;
}

}  // namespace thimble

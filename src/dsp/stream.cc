#include "dsp/stream.h"

#include <algorithm>

#include "dsp/block.h"

namespace thimble {
namespace {

/// The block that alone reads the input and can be computed frame by frame; null when there is none.
const Node* framed_node(const Graph& graph, std::optional<BlockStream>& how) {
  const std::vector<int> readers = uses_of(graph).readers[static_cast<size_t>(graph.inputs[0])];
  if (readers.size() != 1) return nullptr;
  const Node& node = graph.nodes[static_cast<size_t>(readers[0])];
  const auto blocks = all_blocks();
  const auto block = std::find_if(blocks.begin(), blocks.end(), [&](const Block* b) { return &b->op == node.op; });
  if (block == blocks.end() || !(*block)->stream) return nullptr;
  how = (*block)->stream(node, graph);
  return how ? &node : nullptr;
}

/// The graph without its input and the node that reads it: what that node computed is the input now.
void begin_behind(Graph& graph, size_t node) {
  const ValueId gone = graph.inputs[0];
  const auto renumber = [&](std::vector<ValueId>& ids) {
    for (ValueId& id : ids) id -= id > gone ? 1 : 0;
  };
  graph.inputs = {graph.nodes[node].out[0]};
  graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(node));
  graph.values.erase(graph.values.begin() + gone);
  renumber(graph.inputs);
  renumber(graph.outputs);
  for (Node& each : graph.nodes) {
    renumber(each.in);
    renumber(each.out);
  }
}

}  // namespace

Streamed streamed(const Graph& impulse) {
  expect(impulse.inputs.size() == 1, "an impulse that is streamed has one input");
  const TensorType type = impulse.type(impulse.inputs[0]);
  expect(type.dtype == DType::F32 && type.rank() == 2, "an impulse that is streamed reads floats [samples, axes]");
  const int64_t axes = type.shape[1];
  Streamed s{.row = std::nullopt, .window = impulse, .axes = axes, .length = 1, .stride = 1, .rows = type.shape[0], .features = axes};
  std::optional<BlockStream> how;
  const Node* node = framed_node(impulse, how);
  if (!node) return s;
  s.length = how->length, s.stride = how->stride, s.rows = how->rows, s.features = how->features;
  Graph row{.name = impulse.name + "_row"};
  const ValueId frame = row.add_input("frame", {DType::F32, {how->length, axes}, {}});
  row.outputs = {row.add_node(*node->op, node->name, {frame}, how->row)};
  s.row = std::move(row);
  const auto index = static_cast<size_t>(node - impulse.nodes.data());
  if (how->normalise) {
    s.window.value(s.window.inputs[0]).type.shape = {how->rows, how->features};
    s.window.nodes[index].op = &block_named("cmvn").op;
    s.window.nodes[index].attrs = *how->normalise;
  } else {
    begin_behind(s.window, index);
  }
  return s;
}

}  // namespace thimble

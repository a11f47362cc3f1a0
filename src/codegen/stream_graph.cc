#include "codegen/stream_graph.h"

#include <algorithm>

#include "dsp/stream.h"
#include "ops/ops.h"
#include "ops/reshape.h"

namespace thimble {
namespace {

/// The whole window is kept, and everything computed anew for each.
StreamGraph by_windows(Graph graph, const Stream& stream) {
  Value& input = graph.value(graph.inputs[0]);
  StreamGraph made;
  made.window = made.length = input.type.shape[0];
  made.axes = input.type.elements() / made.window;
  made.stride = stream.stride;
  input.state = true;
  made.graph = std::move(graph);
  return made;
}

/// The row of a new frame joins those before it, and what reads a window reads these.
StreamGraph by_frames(Streamed parts, int64_t window, const Stream& stream) {
  StreamGraph made{.graph = std::move(parts.window)};
  made.window = window, made.axes = parts.axes, made.length = parts.length, made.stride = parts.stride, made.rows = parts.rows;
  made.rows_between = std::max<int64_t>(1, (stream.stride + parts.stride / 2) / parts.stride);
  Graph& graph = made.graph;
  const size_t before = graph.nodes.size();
  const ValueId features = graph.inputs[0];
  const Node& block = parts.row->nodes.at(0);
  const ValueId frame = graph.add_value({"frame", {DType::F32, {parts.length, parts.axes}, {}}, nullptr, true});
  const ValueId kept = graph.add_state("rows", {DType::F32, {parts.rows, parts.features}, {}});
  const ValueId row = graph.add_node(*block.op, block.name, {frame}, block.attrs);
  ValueId rows = add_node(graph, "roll", "rows", {row, kept});
  made.row_layers = 2;
  if (const Shape& wanted = graph.type(features).shape; graph.type(rows).shape != wanted)
    rows = add_node(graph, "reshape", "window", {rows}, ReshapeAttrs{wanted});
  replace_uses(graph, features, rows);
  std::rotate(graph.nodes.begin(), graph.nodes.begin() + static_cast<std::ptrdiff_t>(before), graph.nodes.end());
  graph.inputs = {frame};
  return made;
}

}  // namespace

StreamGraph fed_by_samples(Graph graph, const Stream& stream) {
  require(graph.inputs.size() == 1 && graph.type(graph.inputs[0]).dtype == DType::F32 && graph.type(graph.inputs[0]).rank() == 2,
          "a stream needs one input, floats [samples, axes]");
  const int64_t window = graph.type(graph.inputs[0]).shape[0];
  Streamed parts = streamed(graph);
  return parts.row && parts.rows > 1 ? by_frames(std::move(parts), window, stream) : by_windows(std::move(graph), stream);
}

}  // namespace thimble

#include "project/impulse.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "base/parallel.h"
#include "ir/interpreter.h"
#include "ops/concat.h"
#include "ops/gather.h"
#include "ops/ops.h"
#include "ops/quantize.h"
#include "ops/reshape.h"
#include "project/toml.h"

namespace thimble {
namespace {

ValueId reshaped(Graph& graph, ValueId x, Shape shape, const std::string& name) {
  if (graph.type(x).shape == shape) return x;
  return add_node(graph, "reshape", name, {x}, ReshapeAttrs{std::move(shape)});
}

/// The columns of the samples that the block asks for; they were checked to be axes of the data.
ValueId chosen_axes(Graph& graph, ValueId samples, const BlockSection& block, const std::vector<Channel>& channels) {
  if (block.axes.empty()) return samples;
  std::vector<std::string> names;
  for (const Channel& channel : channels) names.push_back(channel.name);
  std::vector<int32_t> picked;
  for (const std::string& axis : block.axes) {
    const auto found = std::find(names.begin(), names.end(), axis);
    if (found == names.end())
      throw Error(Blame::User, fmt::format("{}: the data has no channel '{}'{}", block.place, axis, suggest(axis, names)));
    picked.push_back(static_cast<int32_t>(found - names.begin()));
  }
  const ValueId numbers =
      graph.add_constant<int32_t>(block.name + ".axes", {static_cast<int64_t>(picked.size())}, std::span<const int32_t>(picked));
  return add_node(graph, "gather", block.name + ".pick", {samples, numbers}, GatherAttrs{1});
}

/// The block's attributes: those of the file, and the rate of the data where the file says none.
Attrs attrs_of(const BlockSection& block, double rate) {
  AttrBag bag = block.given;
  for (const FieldInfo& field : block.row->op.attrs.fields())
    if (field.name == "rate" && !bag.contains("rate") && rate > 0) bag["rate"] = rate;
  return block.row->op.attrs.with(bag);
}

/// [frames, columns] where the block computes frames, else [n].
Shape natural_shape(const Block& block, const Node& node, const Graph& graph) {
  const Shape& shape = graph.type(node.out[0]).shape;
  if (block.stream)
    if (const auto stream = block.stream(node, graph); stream && stream->rows > 1) return {stream->rows, stream->features};
  return shape.size() > 1 && shape[0] == 1 ? Shape(shape.begin() + 1, shape.end()) : shape;
}

Shape with_batch(Shape shape) {
  shape.insert(shape.begin(), 1);
  return shape;
}

/// One block's output by the name that others know it by.
struct Signal {
  ValueId value = kAbsent;
  Shape natural;
  bool read = false;
};

/// What its keys do not allow is told where they stand.
ValueId add_node_of(Graph& graph, const BlockSection& block, ValueId x, double rate) {
  try {
    return graph.add_node(block.row->op, block.name, {x}, attrs_of(block, rate));
  } catch (const Error& error) {
    if (error.blame != Blame::User || block.place.empty()) throw;
    throw placed(error, block.places, block.place);
  }
}

void add_block(Graph& graph, const BlockSection& block, const WindowInfo& window, std::map<std::string, Signal>& signals) {
  const Doing doing([&] { return fmt::format("building the block '{}' of {}", block.name, block.place); });
  ValueId x = graph.inputs[0];
  if (!block.input.empty()) {
    Signal& source = signals.at(block.input);
    source.read = true;
    x = source.value;
  } else {
    x = chosen_axes(graph, x, block, window.channels);
  }
  const ValueId y = add_node_of(graph, block, x, window.rate);
  signals[block.name] = {y, natural_shape(*block.row, graph.nodes.back(), graph), false};
}

/// Copies the nodes of `other` to the end of `graph`, its input being `x`; returns its output.
ValueId append(Graph& graph, const Graph& other, ValueId x) {
  std::vector<ValueId> ids(other.values.size(), kAbsent);
  ids[static_cast<size_t>(other.inputs[0])] = x;
  for (size_t i = 0; i < other.values.size(); ++i)
    if (ids[i] == kAbsent) ids[i] = graph.add_value(other.values[i]);
  const auto moved = [&](ValueId id) { return id == kAbsent ? kAbsent : ids[static_cast<size_t>(id)]; };
  for (Node node : other.nodes) {
    for (ValueId& id : node.in) id = moved(id);
    for (ValueId& id : node.out) id = moved(id);
    graph.nodes.push_back(std::move(node));
  }
  return moved(other.outputs[0]);
}

}  // namespace

Standard standard_of(const Examples& features) {
  const auto columns = static_cast<size_t>(features.shape.back());
  const auto rows = static_cast<double>(features.values.size() / columns);
  std::vector<double> sum(columns), squares(columns);
  for (size_t i = 0; i < features.values.size(); ++i) sum[i % columns] += features.values[i];
  for (size_t i = 0; i < features.values.size(); ++i) {
    const double apart = features.values[i] - sum[i % columns] / rows;
    squares[i % columns] += apart * apart;
  }
  Standard standard;
  for (size_t c = 0; c < columns; ++c) {
    const double mean = sum[c] / rows, deviation = std::sqrt(squares[c] / rows);
    standard.offset.push_back(static_cast<float>(-mean));
    standard.scale.push_back(deviation > 1e-6 * std::max(1e-3, std::abs(mean)) ? static_cast<float>(1 / deviation) : 0.0f);
  }
  return standard;
}

Graph feature_graph(const Project& project, const WindowInfo& window) {
  Graph graph;
  graph.name = project.project.name;
  const ValueId samples = graph.add_input("samples", {DType::F32, window.shape, {}});
  if (project.blocks.empty()) {
    graph.outputs = {reshaped(graph, samples, with_batch(window.shape), "features")};
    return graph;
  }
  std::map<std::string, Signal> signals;
  for (const BlockSection& block : project.blocks) add_block(graph, block, window, signals);
  std::vector<ValueId> rows;
  Shape natural;
  for (const BlockSection& block : project.blocks) {
    const Signal& signal = signals.at(block.name);
    if (signal.read) continue;
    natural = signal.natural;
    rows.push_back(reshaped(graph, signal.value, {1, graph.type(signal.value).elements()}, block.name + ".row"));
  }
  ValueId features = rows[0];
  if (rows.size() == 1)
    features = reshaped(graph, features, with_batch(natural), "features");
  else
    features = add_node(graph, "concat", "features", rows, ConcatAttrs{1});
  graph.outputs = {features};
  return graph;
}

Graph standardised(Graph graph, const Standard& standard) {
  if (standard.scale.empty()) return graph;
  const Shape columns = {static_cast<int64_t>(standard.scale.size())};
  const ValueId offset = graph.add_constant<float>("standard.offset", columns, standard.offset);
  const ValueId scale = graph.add_constant<float>("standard.scale", columns, standard.scale);
  const ValueId centred = add_node(graph, "add", "standard.centre", {graph.outputs[0], offset});
  graph.outputs = {add_node(graph, "mul", "standard", {centred, scale})};
  return graph;
}

Examples features_of(const Graph& features, const Examples& windows, Progress& progress) {
  const TensorType& type = features.type(features.outputs[0]);
  Examples out = windows;
  out.shape = Shape(type.shape.begin() + 1, type.shape.end());
  const auto elements = static_cast<size_t>(type.elements());
  const auto count = static_cast<size_t>(windows.count());
  out.values.assign(count * elements, 0);
  constexpr size_t kPiece = 16;
  in_parallel((count + kPiece - 1) / kPiece, "computing features", progress, [&](size_t piece) {
    Interpreter interpreter(features);
    for (size_t i = piece * kPiece; i < std::min(count, (piece + 1) * kPiece); ++i) {
      const auto bytes = std::as_bytes(windows.example(static_cast<int64_t>(i)));
      interpreter.reset();
      const std::vector<Buffer> result = interpreter.run(std::vector<Buffer>{Buffer(bytes.begin(), bytes.end())});
      std::memcpy(out.values.data() + i * elements, result[0].data(), result[0].size());
    }
  });
  return out;
}

Graph impulse_graph(const Graph& features, const Graph& network) {
  Graph graph = features;
  const TensorType& in = network.type(network.inputs[0]);
  const TensorType& out = network.type(network.outputs[0]);
  ValueId x = reshaped(graph, graph.outputs[0], in.shape, "network.input");
  if (in.dtype != DType::F32) x = add_node(graph, "quantize", "network.quantize", {x}, QuantizeAttrs{in.dtype}, {in.quant});
  ValueId y = append(graph, network, x);
  if (out.dtype != DType::F32) y = add_node(graph, "dequantize", "network.dequantize", {y});
  graph.outputs = {y};
  return graph;
}

}  // namespace thimble

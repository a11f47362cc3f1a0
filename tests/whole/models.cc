#include "models.h"

#include <cmath>

#include "formats/export.h"
#include "formats/tflite.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"

namespace thimble::testing {
namespace {

void write_model(const fs::path& path, const Graph& graph) { write_bytes(path, write_tflite(export_graph(graph))); }

template <class T>
std::vector<T> pattern(size_t count, int range) {
  std::vector<T> values;
  for (size_t i = 0; i < count; ++i) values.push_back(static_cast<T>(static_cast<int>(i * 37 % static_cast<size_t>(2 * range)) - range));
  return values;
}

ValueId int8_layer(Graph& graph, const std::string& name, ValueId x, int64_t units, Activation activation, Quant out) {
  const int64_t features = graph.type(x).shape[1];
  const Quant in = graph.type(x).quant;
  const auto weights = pattern<int8_t>(static_cast<size_t>(units * features), 100);
  const auto bias = pattern<int32_t>(static_cast<size_t>(units), 500);
  const ValueId w = graph.add_constant<int8_t>(name + "/weights", {units, features}, weights, per_tensor(0.01f, 0));
  const ValueId b = graph.add_constant<int32_t>(name + "/bias", {units}, bias, per_tensor(0.01f * in.scale[0], 0));
  return add_node(graph, "fully_connected", name, {x, w, b}, FullyConnectedAttrs{activation, false}, {std::move(out)});
}

ValueId float_layer(Graph& graph, const std::string& name, ValueId x, int64_t units, Activation activation) {
  const int64_t features = graph.type(x).shape[1];
  std::vector<float> weights, bias;
  for (int8_t v : pattern<int8_t>(static_cast<size_t>(units * features), 100)) weights.push_back(static_cast<float>(v) / 128);
  for (int8_t v : pattern<int8_t>(static_cast<size_t>(units), 50)) bias.push_back(static_cast<float>(v) / 64);
  const ValueId w = graph.add_constant<float>(name + "/weights", {units, features}, weights);
  const ValueId b = graph.add_constant<float>(name + "/bias", {units}, bias);
  return add_node(graph, "fully_connected", name, {x, w, b}, FullyConnectedAttrs{activation, false});
}

}  // namespace

void write_tiny(const fs::path& path) {
  Graph graph;
  graph.name = "tiny";
  const ValueId x = graph.add_input("x", {DType::I8, {1, 4}, per_tensor(0.02f, -3)});
  const ValueId hidden = int8_layer(graph, "hidden", x, 8, Activation::Relu, per_tensor(0.03f, -128));
  graph.outputs = {int8_layer(graph, "scores", hidden, 3, Activation::None, per_tensor(0.05f, 4))};
  write_model(path, graph);
}

void write_wide(const fs::path& path) {
  Graph graph;
  graph.name = "wide";
  const ValueId x = graph.add_input("x", {DType::I8, {1, 3000}, per_tensor(0.02f, -3)});
  graph.outputs = {int8_layer(graph, "scores", x, 2, Activation::None, per_tensor(0.05f, 4))};
  write_model(path, graph);
}

void write_tiny_float(const fs::path& path) {
  Graph graph;
  graph.name = "tiny_float";
  const ValueId x = graph.add_input("x", {DType::F32, {1, 4}, {}});
  graph.outputs = {float_layer(graph, "scores", float_layer(graph, "hidden", x, 8, Activation::Relu), 3, Activation::None)};
  write_model(path, graph);
}

}  // namespace thimble::testing

#include "bench/networks.h"

#include <cmath>

#include "ops/binary.h"
#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"
#include "ops/pool2d.h"
#include "ops/reshape.h"
#include "ops/softmax.h"

namespace thimble::bench {
namespace {

const Quant kActivation = per_tensor(0.05f, -3);

Activation activation(bool relu) { return relu ? Activation::Relu : Activation::None; }

}  // namespace

std::string Layers::name(std::string_view what) const { return std::to_string(graph.nodes.size()) + "/" + std::string(what); }

ValueId Layers::input(Shape shape) { return graph.add_input("x", {DType::I8, std::move(shape), kActivation}); }

/// The scale keeps the activations' spread from layer to layer; `taps` products make one output.
ValueId Layers::weights(Shape shape, int64_t taps, int axis) {
  constexpr float kSpread = 73;  // standard deviation of a uniform int8
  TensorType type{DType::I8, std::move(shape), {}};
  const auto channels = static_cast<size_t>(type.shape[static_cast<size_t>(axis)]);
  type.quant = {std::vector<float>(channels, 1.0f / (kSpread * std::sqrt(static_cast<float>(taps)))), std::vector<int32_t>(channels, 0),
                axis};
  std::vector<int8_t> all(static_cast<size_t>(type.elements()));
  for (int8_t& w : all) w = static_cast<int8_t>(static_cast<int>(random_() % 255) - 127);
  return graph.add_value({name("weights"), std::move(type), bytes_from(std::span<const int8_t>(all))});
}

ValueId Layers::bias(int64_t channels) {
  std::vector<int32_t> all(static_cast<size_t>(channels));
  for (int32_t& b : all) b = static_cast<int32_t>(random_() % 1001) - 500;
  return graph.add_constant<int32_t>(name("bias"), {channels}, all);
}

ValueId Layers::conv(ValueId x, int64_t channels, int64_t kernel, int64_t stride, bool relu) {
  const int64_t depth = graph.type(x).shape[3];
  Conv2dAttrs attrs;
  attrs.padding = Padding::Same, attrs.stride_h = attrs.stride_w = stride, attrs.activation = activation(relu);
  return add_node(graph, "conv2d", name("conv"),
                  {x, weights({channels, kernel, kernel, depth}, kernel * kernel * depth, 0), bias(channels)}, attrs, {kActivation});
}

ValueId Layers::depthwise(ValueId x, int64_t kernel, int64_t stride) {
  const int64_t channels = graph.type(x).shape[3];
  Dwconv2dAttrs attrs;
  attrs.padding = Padding::Same, attrs.stride_h = attrs.stride_w = stride, attrs.activation = Activation::Relu;
  return add_node(graph, "dwconv2d", name("depthwise"), {x, weights({1, kernel, kernel, channels}, kernel * kernel, 3), bias(channels)},
                  attrs, {kActivation});
}

ValueId Layers::dense(ValueId x, int64_t units, bool relu) {
  const int64_t features = graph.type(x).shape[1];
  return add_node(graph, "fully_connected", name("dense"), {x, weights({units, features}, features, 0), bias(units)},
                  FullyConnectedAttrs{activation(relu), false}, {kActivation});
}

ValueId Layers::add(ValueId a, ValueId b) { return add_node(graph, "add", name("add"), {a, b}, BinaryAttrs{}, {kActivation}); }

ValueId Layers::average(ValueId x) {
  Pool2dAttrs pool;
  pool.kernel_h = graph.type(x).shape[1], pool.kernel_w = graph.type(x).shape[2];
  return add_node(graph, "average_pool2d", name("pool"), {x}, pool, {kActivation});
}

ValueId Layers::flatten(ValueId x) {
  const TensorType& type = graph.type(x);
  return add_node(graph, "reshape", name("flatten"), {x}, ReshapeAttrs{{1, type.elements()}}, {kActivation});
}

ValueId Layers::softmax(ValueId x) {
  return add_node(graph, "softmax", name("probabilities"), {x}, SoftmaxAttrs{}, {per_tensor(1.0f / 256, -128)});
}

Graph make_autoencoder() {
  Layers layers("autoencoder");
  ValueId x = layers.input({1, 640});
  for (const int64_t units : {128, 128, 128, 128, 8, 128, 128, 128, 128}) x = layers.dense(x, units);
  layers.graph.outputs = {layers.dense(x, 640, false)};
  return std::move(layers.graph);
}

Graph make_inverted_residual() {
  Layers layers("inverted_residual");
  ValueId x = layers.conv(layers.input({1, 32, 32, 3}), 16, 3, 2);
  const auto block = [&](int64_t channels, int64_t stride) {
    const int64_t before = layers.graph.type(x).shape[3];
    ValueId y = layers.conv(layers.depthwise(layers.conv(x, 4 * before, 1), 3, stride), channels, 1, 1, false);
    x = stride == 1 && before == channels ? layers.add(x, y) : y;
  };
  block(16, 1);
  block(24, 2);
  block(24, 1);
  block(40, 2);
  x = layers.dense(layers.flatten(layers.average(x)), 10, false);
  layers.graph.outputs = {layers.softmax(x)};
  return std::move(layers.graph);
}

}  // namespace thimble::bench

#include "steps/ds_cnn.h"

#include <cmath>
#include <random>

#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"
#include "ops/pool2d.h"
#include "ops/reshape.h"
#include "ops/softmax.h"

namespace thimble {
namespace {

constexpr int64_t kChannels = 64, kClasses = 12;
constexpr float kScale = 0.05f;  // of every activation; after a ReLU they reach 255 * 0.05

class Builder {
 public:
  explicit Builder(uint32_t seed) : random_(seed) {}

  /// Random int8 weights whose size keeps the activations' spread from layer to layer; `taps` products make one output.
  ValueId weights(Shape shape, int64_t taps, int axis) {
    TensorType type{DType::I8, std::move(shape), {}};
    const auto channels = static_cast<size_t>(type.shape[static_cast<size_t>(axis)]);
    constexpr float kSpread = 73;  // standard deviation of a uniform int8
    type.quant = {std::vector<float>(channels, 1.0f / (kSpread * std::sqrt(static_cast<float>(taps)))), std::vector<int32_t>(channels, 0),
                  axis};
    std::vector<int8_t> all(static_cast<size_t>(type.elements()));
    for (int8_t& w : all) w = static_cast<int8_t>(static_cast<int>(random_() % 255) - 127);
    return graph.add_value({name("weights"), std::move(type), bytes_from(std::span<const int8_t>(all))});
  }

  ValueId bias(int64_t channels) {
    std::vector<int32_t> all(static_cast<size_t>(channels));
    for (int32_t& b : all) b = static_cast<int32_t>(random_() % 1001) - 500;
    return graph.add_constant<int32_t>(name("bias"), {channels}, all);
  }

  std::string name(std::string_view what) const { return std::to_string(graph.nodes.size()) + "/" + std::string(what); }

  ValueId conv(ValueId x, int64_t h, int64_t w, int64_t stride) {
    const int64_t in_c = graph.type(x).shape[3];
    Conv2dAttrs attrs;
    attrs.padding = Padding::Same, attrs.stride_h = attrs.stride_w = stride, attrs.activation = Activation::Relu;
    return add_node(graph, "conv2d", name(h * w == 1 ? "pointwise" : "conv"),
                    {x, weights({kChannels, h, w, in_c}, h * w * in_c, 0), bias(kChannels)}, attrs, {relu_quant_});
  }

  ValueId depthwise(ValueId x) {
    Dwconv2dAttrs attrs;
    attrs.padding = Padding::Same, attrs.activation = Activation::Relu;
    return add_node(graph, "dwconv2d", name("depthwise"), {x, weights({1, 3, 3, kChannels}, 9, 3), bias(kChannels)}, attrs, {relu_quant_});
  }

  Graph graph{.name = "ds_cnn"};

 private:
  std::mt19937 random_;
  Quant relu_quant_ = per_tensor(kScale, -128);
};

}  // namespace

Graph make_ds_cnn(uint32_t seed) {
  Builder b(seed);
  ValueId x = b.graph.add_input("features", {DType::I8, {1, 49, 10, 1}, per_tensor(kScale, 0)});
  x = b.conv(x, 10, 4, 2);
  for (int block = 0; block < 4; ++block) x = b.conv(b.depthwise(x), 1, 1, 1);
  Pool2dAttrs pool;
  pool.kernel_h = 25, pool.kernel_w = 5;
  x = add_node(b.graph, "average_pool2d", b.name("pool"), {x}, pool, {b.graph.type(x).quant});
  x = add_node(b.graph, "reshape", b.name("flatten"), {x}, ReshapeAttrs{{1, kChannels}}, {b.graph.type(x).quant});
  x = add_node(b.graph, "fully_connected", b.name("classify"), {x, b.weights({kClasses, kChannels}, kChannels, 0), b.bias(kClasses)},
               FullyConnectedAttrs{}, {per_tensor(kScale, 0)});
  b.graph.outputs = {add_node(b.graph, "softmax", "probabilities", {x}, SoftmaxAttrs{}, {per_tensor(1.0f / 256, -128)})};
  return std::move(b.graph);
}

}  // namespace thimble

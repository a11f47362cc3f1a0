#include "kernels/int8_layer.h"

#include <algorithm>
#include <cstdlib>

#include "kernels/packing.h"
#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "ops/fully_connected.h"

namespace thimble {
namespace {

void settle(Int8Layer& layer, int32_t out_zero) {
  layer.out_zero.assign(static_cast<size_t>(layer.channels), out_zero);
  layer.exact_ties = layer.range.min < out_zero;
  for (int64_t c = 0; c < layer.channels; ++c) {
    const auto i = static_cast<size_t>(c);
    const int64_t span = reach_of(layer, c), bias = layer.bias[i];
    const int left = std::max(layer.multipliers[i].shift, 0);
    if (farthest_of(layer, c) << left >= int64_t{1} << 31) continue;
    const int32_t least = output_of(layer, i, bias - span);
    if (least != output_of(layer, i, bias + span)) continue;
    std::fill_n(layer.weights.begin() + c * layer.taps, layer.taps, int8_t{0});
    layer.bias[i] = 0, layer.multipliers[i] = {}, layer.out_zero[i] = least;
  }
}

/// A layer whose weights stand in memory as [channels][taps].
Int8Layer channels_first(const Node& node, const Graph& graph, std::vector<Multiplier> multipliers, Activation activation) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]), &y = graph.type(node.out[0]);
  const auto weights = constant_values<int8_t>(graph, node.in[1]);
  Int8Layer layer{.channels = w.shape[0],
                  .taps = w.elements() / w.shape[0],
                  .weights = {weights.begin(), weights.end()},
                  .bias = bias_with_zero_point(graph, node, w.shape[0], x.quant.zero[0], 0),
                  .multipliers = std::move(multipliers),
                  .out_zero = {},
                  .range = quantized_range(activation, y)};
  settle(layer, y.quant.zero[0]);
  return layer;
}

}  // namespace

Int8Layer conv2d_layer(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]), &y = graph.type(node.out[0]);
  return channels_first(node, graph, channel_multipliers(x, w, y, w.shape[0]), node.attrs.as<Conv2dAttrs>().activation);
}

Int8Layer fully_connected_layer(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]), &y = graph.type(node.out[0]);
  return channels_first(node, graph, fully_connected_multipliers(x, w, y), node.attrs.as<FullyConnectedAttrs>().activation);
}

Int8Layer dwconv2d_layer(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]), &y = graph.type(node.out[0]);
  const int64_t channels = w.shape[3], taps = w.shape[1] * w.shape[2];
  Int8Layer layer{.channels = channels,
                  .taps = taps,
                  .weights = std::vector<int8_t>(static_cast<size_t>(channels * taps)),
                  .bias = bias_or_zeros<int32_t>(graph, node, channels),
                  .multipliers = channel_multipliers(x, w, y, channels),
                  .out_zero = {},
                  .range = quantized_range(node.attrs.as<Dwconv2dAttrs>().activation, y)};
  const auto from = constant_values<int8_t>(graph, node.in[1]);
  for (int64_t k = 0; k < taps; ++k)
    for (int64_t c = 0; c < channels; ++c) {
      const int8_t weight = from[static_cast<size_t>(k * channels + c)];
      layer.weights[static_cast<size_t>(c * taps + k)] = weight;
      layer.bias[static_cast<size_t>(c)] -= x.quant.zero[0] * weight;
    }
  settle(layer, y.quant.zero[0]);
  return layer;
}

int64_t reach_of(const Int8Layer& layer, int64_t channel) {
  int64_t sum = 0;
  for (int8_t w : layer.weights_of(channel)) sum += std::abs(int{w});
  return 128 * sum;
}

int64_t farthest_of(const Int8Layer& layer, int64_t channel) {
  return reach_of(layer, channel) + std::abs(int64_t{layer.bias[static_cast<size_t>(channel)]});
}

int32_t output_of(const Int8Layer& layer, size_t c, int64_t sum) {
  return std::clamp(requantize(static_cast<int32_t>(sum), layer.multipliers[c]) + layer.out_zero[c], layer.range.min, layer.range.max);
}

int64_t next_step(const Int8Layer& layer, size_t c, int64_t at, int64_t most, int64_t width) {
  const int32_t level = output_of(layer, c, at);
  const auto still = [&](int64_t sum) { return output_of(layer, c, sum) <= level; };
  constexpr int64_t kMargin = 2;
  int64_t low = at, high = std::min(most, at + width + kMargin);
  if (width > kMargin && at + width - kMargin < most && still(at + width - kMargin)) low = at + width - kMargin;
  for (; still(high); high = std::min(most, at + width)) {
    require(high < most, "a step below the end of the sums");
    low = high;
    width = 2 * width + kMargin;
  }
  while (high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    (still(middle) ? low : high) = middle;
  }
  return high;
}

}  // namespace thimble

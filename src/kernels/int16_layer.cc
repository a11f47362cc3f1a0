#include "kernels/int16_layer.h"

#include <cstdlib>

#include "kernels/weighted.h"
#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "ops/fully_connected.h"

namespace thimble {
namespace {

Int16Layer layer_of(const Node& node, const Graph& graph, int64_t channels, const std::vector<Multiplier>& multipliers,
                    Activation activation) {
  const auto weights = constant_values<int8_t>(graph, node.in[1]);
  Int16Layer layer{.channels = channels,
                   .taps = graph.type(node.in[1]).elements() / channels,
                   .weights = {weights.begin(), weights.end()},
                   .bias = bias_or_zeros<int64_t>(graph, node, channels),
                   .multipliers = {},
                   .range = quantized_range(activation, graph.type(node.out[0]))};
  for (const Multiplier& multiplier : multipliers) layer.multipliers.push_back(widen(multiplier));
  return layer;
}

}  // namespace

Int16Layer conv2d_int16_layer(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]), &y = graph.type(node.out[0]);
  return layer_of(node, graph, w.shape[0], channel_multipliers(x, w, y, w.shape[0]), node.attrs.as<Conv2dAttrs>().activation);
}

Int16Layer fully_connected_int16_layer(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]), &y = graph.type(node.out[0]);
  return layer_of(node, graph, w.shape[0], fully_connected_multipliers(x, w, y), node.attrs.as<FullyConnectedAttrs>().activation);
}

Int16Layer dwconv2d_int16_layer(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]), &y = graph.type(node.out[0]);
  const int64_t channels = w.shape[3];
  Int16Layer layer = layer_of(node, graph, channels, channel_multipliers(x, w, y, channels), node.attrs.as<Dwconv2dAttrs>().activation);
  const std::vector<int8_t> taps_first = layer.weights;
  for (int64_t k = 0; k < layer.taps; ++k)
    for (int64_t c = 0; c < channels; ++c)
      layer.weights[static_cast<size_t>(c * layer.taps + k)] = taps_first[static_cast<size_t>(k * channels + c)];
  return layer;
}

bool sums_are_narrow(const Int16Layer& layer) {
  for (int64_t c = 0; c < layer.channels; ++c) {
    int64_t farthest = std::abs(layer.bias[static_cast<size_t>(c)]);
    for (int64_t k = 0; k < layer.taps; ++k) farthest += 32768 * std::abs(int64_t{layer.weights[static_cast<size_t>(c * layer.taps + k)]});
    if (farthest > INT32_MAX || narrow_multiplier(layer.multipliers[static_cast<size_t>(c)]).shift < 1) return false;
  }
  return true;
}

NarrowMultiplier narrow_multiplier(WideMultiplier multiplier) {
  if (multiplier.mantissa == 0) return {0, 1};
  return {multiplier.mantissa << 16, multiplier.shift - 16};
}

int32_t spread_word(const Int16Layer& layer, int64_t c, int64_t k) {
  uint32_t word = 0;
  for (const int64_t at : {3, 1, 2, 0}) {
    const int8_t weight = k + at < layer.taps ? layer.weights[static_cast<size_t>(c * layer.taps + k + at)] : int8_t{0};
    word = word << 8 | static_cast<uint8_t>(weight);
  }
  return static_cast<int32_t>(word);
}

std::optional<std::string> refuses_int16(const Node& node, const Graph& graph) {
  if (auto reason = refuses_weighted<DType::I16, DType::I8>(node, graph)) return reason;
  for (ValueId id : {node.in[0], node.in[1], node.out[0]})
    if (!graph.type(id).quant.quantised()) return "'" + graph.value(id).name + "' has no scale";
  return refuse_unless({{graph.type(node.in[0]).quant.zero[0] == 0, "the zero point of the input is not 0"},
                        {graph.type(node.out[0]).quant.zero[0] == 0, "the zero point of the output is not 0"}});
}

std::vector<int32_t> wide_scaling(const Int16Layer& layer) {
  std::vector<int32_t> words;
  for (size_t c = 0; c < static_cast<size_t>(layer.channels); ++c)
    for (const int64_t word :
         {layer.bias[c] & 0xffffffff, layer.bias[c] >> 32, int64_t{layer.multipliers[c].mantissa}, int64_t{layer.multipliers[c].shift}})
      words.push_back(static_cast<int32_t>(word));
  return words;
}

}  // namespace thimble

#include "compress/scales.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace thimble {
namespace {

/// Narrower ranges would give scales whose quotients leave the range of a float.
constexpr float kLeastWidth = 1e-20F;
constexpr float kLargestWeightCode = 127;
/// Half of int32: the other half is left to the products that are added to the bias.
constexpr double kLargestBiasCode = 1 << 30;

}  // namespace

Range joined(Range a, Range b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }

Quant activation_quant(Range range) {
  if (!std::isfinite(range.low) || !std::isfinite(range.high))
    throw Error(Blame::User, fmt::format("a range from {} to {} has no int8 codes", range.low, range.high),
                "a model that gives such numbers in float is broken already: look at its inputs and weights");
  const double low = std::min(range.low, 0.0F), high = std::max(range.high, 0.0F);
  if (high - low < static_cast<double>(kLeastWidth)) return per_tensor(1, 0);
  const auto scale = static_cast<float>(std::min((high - low) / 255, static_cast<double>(std::numeric_limits<float>::max())));
  const double zero = std::round(-128 - low / static_cast<double>(scale));
  return per_tensor(scale, static_cast<int32_t>(std::clamp(zero, -128.0, 127.0)));
}

ChannelOf::ChannelOf(const Shape& shape, int axis) {
  if (axis < 0) return;
  channels_ = static_cast<size_t>(shape[static_cast<size_t>(axis)]);
  for (size_t d = static_cast<size_t>(axis) + 1; d < shape.size(); ++d) inner_ *= static_cast<size_t>(shape[d]);
}

Quant weight_quant(std::span<const float> weights, const Shape& shape, int axis) {
  const ChannelOf channel(shape, axis);
  std::vector<float> largest(channel.count());
  for (size_t i = 0; i < weights.size(); ++i) {
    if (!std::isfinite(weights[i]))
      throw Error(Blame::User, fmt::format("weight {} is {}, which has no int8 code", i, weights[i]),
                  "a model that holds such a weight is broken already: train it again");
    float& bound = largest[channel(i)];
    bound = std::max(bound, std::abs(weights[i]));
  }
  const float all = largest.empty() ? 0 : *std::max_element(largest.begin(), largest.end());
  Quant quant{{}, std::vector<int32_t>(largest.size(), 0), largest.size() > 1 ? axis : -1};
  for (float bound : largest) {
    const float held = bound >= kLeastWidth ? bound : all >= kLeastWidth ? all : kLargestWeightCode;
    quant.scale.push_back(held / kLargestWeightCode);
  }
  return quant;
}

std::vector<int8_t> weight_codes(std::span<const float> weights, const Shape& shape, const Quant& quant) {
  const ChannelOf channel(shape, quant.per_channel() ? quant.axis : -1);
  std::vector<int8_t> codes;
  codes.reserve(weights.size());
  for (size_t i = 0; i < weights.size(); ++i)
    codes.push_back(
        static_cast<int8_t>(std::clamp(std::round(weights[i] / quant.scale[channel(i)]), -kLargestWeightCode, kLargestWeightCode)));
  return codes;
}

int weight_axis(const OpDef& op) {
  if (op.name == "dwconv2d") return 3;
  return op.name == "conv2d" || op.name == "fully_connected" || op.name == "transpose_conv" ? 0 : -1;
}

void make_room_for_bias(Quant& weights, float input_scale, std::span<const float> bias) {
  for (size_t c = 0; c < bias.size(); ++c) {
    float& scale = weights.scale[weights.per_channel() ? c : 0];
    const double least = std::abs(static_cast<double>(bias[c])) / (static_cast<double>(input_scale) * kLargestBiasCode);
    if (static_cast<double>(scale) < least) scale = std::nextafter(static_cast<float>(least), std::numeric_limits<float>::infinity());
  }
}

Quant bias_quant(float input_scale, const Quant& weights) {
  Quant quant{weights.scale, weights.zero, weights.per_channel() ? 0 : -1};
  for (float& scale : quant.scale) scale *= input_scale;
  return quant;
}

std::vector<int32_t> bias_codes(std::span<const float> bias, float input_scale, const Quant& weights) {
  std::vector<int32_t> codes;
  for (size_t c = 0; c < bias.size(); ++c) {
    const double scale = static_cast<double>(input_scale) * static_cast<double>(weights.scale[weights.per_channel() ? c : 0]);
    codes.push_back(static_cast<int32_t>(
        std::clamp(std::round(static_cast<double>(bias[c]) / scale), -2.0 * kLargestBiasCode, 2.0 * kLargestBiasCode - 1)));
  }
  return codes;
}

}  // namespace thimble

/// Which int8 codes stand for which real numbers: the scales that TensorFlow Lite gives to activations, weights and biases.
/// Quantisation-aware training rounds by the very same scales.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "ir/graph.h"

namespace thimble {

/// What a value of the graph lies between.
struct Range {
  float low = 0, high = 0;
  bool operator==(const Range&) const = default;
};
/// By ValueId; empty where nothing is known.
using Ranges = std::vector<std::optional<Range>>;

/// The least range that holds both.
Range joined(Range a, Range b);

/// int8, asymmetric: the range is widened to hold 0, which is a code of its own. A range without width holds only 0, with scale 1. A User
/// error where a bound is not a finite number.
Quant activation_quant(Range range);

/// int8, zero point 0, codes -127 to 127: one scale per index of `axis`, or one for all where `axis` is -1. An index whose weights are all
/// 0 takes the largest scale of the others (1 where there are none). A User error where a weight is not a finite number.
Quant weight_quant(std::span<const float> weights, const Shape& shape, int axis);

/// The index along the axis of the scales of element `i`; 0 with one scale.
class ChannelOf {
 public:
  ChannelOf(const Shape& shape, int axis);
  size_t operator()(size_t i) const { return i / inner_ % channels_; }
  size_t count() const { return channels_; }

 private:
  size_t inner_ = 1, channels_ = 1;
};

/// The codes of weights: value / scale, ties away from zero, limited to [-127, 127].
std::vector<int8_t> weight_codes(std::span<const float> weights, const Shape& shape, const Quant& quant);

/// The axis along which a weighted op has one scale per output channel; -1 for other ops. Weights are operand 1, the bias is operand 2.
int weight_axis(const OpDef& op);

/// Raises scales of weights so that bias / (input scale x weight scale) stays within half of int32 in each channel.
void make_room_for_bias(Quant& weights, float input_scale, std::span<const float> bias);
/// The int32 codes of a bias at input scale x weight scale.
std::vector<int32_t> bias_codes(std::span<const float> bias, float input_scale, const Quant& weights);
Quant bias_quant(float input_scale, const Quant& weights);

}  // namespace thimble

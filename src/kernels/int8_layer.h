/// One int8 layer with weights as every integer kernel computes it, whatever the core: raw int8 inputs, zero points folded away.
#pragma once

#include <span>
#include <vector>

#include "ir/graph.h"
#include "ops/arithmetic.h"

namespace thimble {

/// out = clamp(requantise(bias[c] + sum over k of weights[c][k] * x[k])), x raw int8.
struct Int8Layer {
  int64_t channels = 0, taps = 0;
  std::vector<int8_t> weights;  ///< [channels][taps]
  std::vector<int32_t> bias;    ///< input zero point folded in
  std::vector<Multiplier> multipliers;
  std::vector<int32_t> out_zero;  ///< one per channel; they differ only where a channel is constant
  IntRange range{};
  bool exact_ties = false;  ///< a negative tie could be seen in the output: the rounding must know the sign

  std::span<const int8_t> weights_of(int64_t channel) const { return {weights.data() + channel * taps, static_cast<size_t>(taps)}; }
};

/// The layer of a conv2d (taps: rows, columns, channels of a filter), of a dwconv2d (rows, columns), of a fully_connected.
/// Channels that give one output for every int8 input become zero weights and that output: they come with scales and biases out of any
/// bound.
Int8Layer conv2d_layer(const Node& node, const Graph& graph);
Int8Layer dwconv2d_layer(const Node& node, const Graph& graph);
Int8Layer fully_connected_layer(const Node& node, const Graph& graph);

/// The largest |sum of w * x| of a channel over all int8 inputs; and with the bias.
int64_t reach_of(const Int8Layer& layer, int64_t channel);
int64_t farthest_of(const Int8Layer& layer, int64_t channel);

/// What the reference makes of a sum of channel c.
int32_t output_of(const Int8Layer& layer, size_t c, int64_t sum);

/// The least sum above `at` that comes out larger; one up to `most` does. It is looked for first where a step of `width` would end, for
/// steps are as wide as one another, or nearly.
int64_t next_step(const Int8Layer& layer, size_t c, int64_t at, int64_t most, int64_t width);

}  // namespace thimble

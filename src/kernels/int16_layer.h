/// One layer with int16 activations and int8 weights as every kernel computes it: sums of 64 bits, one rounding.
#pragma once

#include "kernels/packing.h"
#include "ops/wide_arithmetic.h"

namespace thimble {

/// out = clamp((bias[c] + sum over k of weights * x[k]) * mantissa >> shift, rounded); zero points are 0.
struct Int16Layer {
  int64_t channels = 0, taps = 0;
  std::vector<int8_t> weights;  ///< [channels][taps]
  std::vector<int64_t> bias;
  std::vector<WideMultiplier> multipliers;
  IntRange range{};
};
Int16Layer conv2d_int16_layer(const Node& node, const Graph& graph);
Int16Layer dwconv2d_int16_layer(const Node& node, const Graph& graph);
Int16Layer fully_connected_int16_layer(const Node& node, const Graph& graph);

/// Refuses unless the operands are int16, int8 and int64 of a layer that the reference would take.
std::optional<std::string> refuses_int16(const Node& node, const Graph& graph);

/// Whether every sum of the layer, its bias and any int16 input included, fits 32 bits, and every output is the high word of a product
/// shifted by at least one.
bool sums_are_narrow(const Int16Layer& layer);

/// Four words per channel, as thimble_wide_s16 reads them.
std::vector<int32_t> wide_scaling(const Int16Layer& layer);

/// For narrow sums: what the high word of a product is made with, and the shift after it.
struct NarrowMultiplier {
  int32_t mantissa = 0, shift = 0;
};
NarrowMultiplier narrow_multiplier(WideMultiplier multiplier);

/// A word of the weights of channel c: taps k, k + 2, k + 1, k + 3, so that SXTB16 makes pairs of neighbours; 0 beyond the last.
int32_t spread_word(const Int16Layer& layer, int64_t c, int64_t k);

}  // namespace thimble

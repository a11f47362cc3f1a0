/// What the kernels for the ARM DSP extension share: paired weights, their overflow bounds, and the three words that requantise.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ops/arithmetic.h"

namespace thimble {

/// One int8 layer as its kernel computes it: out = clamp(requantise(bias[c] + sum over k of weights[c][k] * x[k])), x raw int8.
struct DspLayer {
  int64_t channels = 0, taps = 0;
  std::vector<int8_t> weights;  ///< [channels][taps]
  std::vector<int32_t> bias;    ///< input zero point folded in
  std::vector<Multiplier> multipliers;
  int32_t out_zero = 0;
  IntRange range{};

  std::span<const int8_t> weights_of(int64_t channel) const { return {weights.data() + channel * taps, static_cast<size_t>(taps)}; }
};

/// Why the paired scheme cannot compute this layer exactly, or nothing. For any int8 input: |256 * A + B| < 2^31, |A| < 2^23, |B| < 2^30,
/// where A is the sum without the bias when that is added late.
std::optional<std::string> refuses_pairing(const DspLayer& layer);

/// True when some |A| with its bias may reach 2^23, so that the bias must be added after A has been extracted.
bool needs_late_bias(const DspLayer& layer);

/// True when a negative tie could be seen in the output: unless the clamp starts at the zero point or above, the rounding must know the
/// sign.
bool needs_exact_ties(const DspLayer& layer);

/// A number as part of an identifier: "m128", "127".
std::string c_word(int64_t number);

/// {mantissa, rounding + (zero point << shift), shift} of a channel.
void append_requantization(std::vector<int32_t>& stream, const DspLayer& layer, int64_t channel);

/// A word of the paired weights: taps k0 and k1 of channels a and b, 256 * wa + wb in each half.
int32_t paired_word(const DspLayer& layer, int64_t a, int64_t b, int64_t k0, int64_t k1);

}  // namespace thimble

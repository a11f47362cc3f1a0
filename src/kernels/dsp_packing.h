/// What the kernels for the ARM DSP extension share: paired weights, their overflow bounds, and the words that requantise.
///
/// A sum is raised by 2^up, multiplied, and shifted down by a literal that all channels of the layer share: (sum << up) * m + (h << 32),
/// of which the high word >> shift is the output. With up >= 2 the word h resolves both roundings of the reference, so one addition makes
/// them; what a common shift costs in bits of m is proven harmless threshold by threshold, or every channel gets its own shift.
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
  std::vector<int32_t> out_zero;  ///< one per channel; they differ only where a channel is constant
  IntRange range{};
  bool exact_ties = false;  ///< a negative tie could be seen in the output: the rounding must know the sign

  std::span<const int8_t> weights_of(int64_t channel) const { return {weights.data() + channel * taps, static_cast<size_t>(taps)}; }
};

/// Sets zero points and `exact_ties`, and turns channels that give one output for every int8 input into zero weights and that output: they
/// come with scales and biases out of any bound.
void settle(DspLayer& layer, int32_t out_zero);

/// How the sums of a layer are brought to int8.
struct DspScaling {
  int up = 0;      ///< what sums are shifted up before the multiplication
  int shift = -1;  ///< the common shift; -1: the third word of each channel
  bool exact = false;
  std::vector<int32_t> table;  ///< per channel {m, h} or {m, h, third}; third: what a negative sum adds, or the shift

  int words() const { return exact || shift < 0 ? 3 : 2; }
  void append(std::vector<int32_t>& stream, int64_t channel) const;
};
/// The common shift is brought down to `shared` by a smaller `up`, but not below `least_up`, so that layers of one shape share their code.
DspScaling scaling_of(const DspLayer& layer, int shared, int least_up);

/// Why sums of this layer cannot be requantised by these kernels, or nothing.
std::optional<std::string> refuses_scaling(const DspLayer& layer);

/// Why the paired scheme cannot compute this layer exactly, or nothing. For any int8 input |A| < 2^23, so that 256 * A fits 32 bits; A is
/// the sum without the bias when that is added late. (256 * A + B may wrap: B is taken off again.)
std::optional<std::string> refuses_pairing(const DspLayer& layer);

/// True when some |A| with its bias may reach 2^23, so that the bias must be added after A has been extracted.
bool needs_late_bias(const DspLayer& layer);

/// The largest divisor of `count` up to `most`: how often a loop may be unrolled.
int64_t unroll_of(int64_t count, int64_t most);

/// A number as part of an identifier: "m128", "127".
std::string c_word(int64_t number);

/// A word of the paired weights: taps k0 and k1 of channels a and b, 256 * wa + wb in each half. A tap below 0 or beyond the last is 0.
int32_t paired_word(const DspLayer& layer, int64_t a, int64_t b, int64_t k0, int64_t k1);

}  // namespace thimble

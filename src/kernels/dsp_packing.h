/// What the kernels for the ARM DSP extension share: paired weights and their overflow bounds, the worth of code.
#pragma once

#include "kernels/int8_scaling.h"

namespace thimble {

/// How the sum of a pair's first channel, A, is kept below 2^23, so that 256 * A fits 32 bits, for any int8 input. (256 * A + B may wrap:
/// B is taken off again.)
enum class PairedSum : uint8_t {
  Plain,  ///< A with its bias stays below
  Late,   ///< A stays below when its bias is added after it has been extracted
  Split,  ///< A is put aside now and then
};
PairedSum paired_sum_of(const Int8Layer& layer);

/// Why weights of neighbouring channels cannot share 16 bits, or sums cannot be requantised; or nothing. `paired`: channels are paired
/// within so many.
std::optional<std::string> refuses_pairing(const Int8Layer& layer, int64_t paired);

/// The largest divisor of `count` up to `most`: how often a loop may be unrolled.
int64_t unroll_of(int64_t count, int64_t most);

/// How far to unroll a loop that layers share and this one runs `runs` times, `steps` steps each, when a turn costs `turn` cycles and an
/// unrolled step `bytes` of flash.
int64_t worthwhile_unroll(double runs, int64_t steps, double turn, double bytes, int64_t least, int64_t most);

/// Cycles of one inference that a byte of a layer's own code must save to be worth it.
constexpr double kCyclesPerByte = 12;

/// A number as part of an identifier: "m128", "127".
std::string c_word(int64_t number);

/// A word of the paired weights: taps k0 and k1 of channels a and b, 256 * wa + wb in each half. A tap below 0 or beyond the last is 0.
int32_t paired_word(const Int8Layer& layer, int64_t a, int64_t b, int64_t k0, int64_t k1);

}  // namespace thimble

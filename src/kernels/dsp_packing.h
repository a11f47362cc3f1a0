/// What the kernels for the ARM DSP extension share: paired weights and their overflow bounds.
#pragma once

#include "kernels/int8_scaling.h"

namespace thimble {

/// Why the paired scheme cannot compute this layer exactly, or nothing. For any int8 input |A| < 2^23, so that 256 * A fits 32 bits; A is
/// the sum without the bias when that is added late. (256 * A + B may wrap: B is taken off again.)
std::optional<std::string> refuses_pairing(const Int8Layer& layer);

/// True when some |A| with its bias may reach 2^23, so that the bias must be added after A has been extracted.
bool needs_late_bias(const Int8Layer& layer);

/// The largest divisor of `count` up to `most`: how often a loop may be unrolled.
int64_t unroll_of(int64_t count, int64_t most);

/// A number as part of an identifier: "m128", "127".
std::string c_word(int64_t number);

/// A word of the paired weights: taps k0 and k1 of channels a and b, 256 * wa + wb in each half. A tap below 0 or beyond the last is 0.
int32_t paired_word(const Int8Layer& layer, int64_t a, int64_t b, int64_t k0, int64_t k1);

}  // namespace thimble

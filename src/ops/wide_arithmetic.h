/// How the TFLite reference scales the sums of layers with int16 activations: up to 48 bits, one rounding.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

/// (x * mantissa + half) >> shift, with a mantissa of 15 bits.
struct WideMultiplier {
  int32_t mantissa = 0;
  int shift = 15;
};

/// A User error where the reference has none: from 2^7 on.
inline WideMultiplier widen(Multiplier multiplier) {
  expect(multiplier.shift < 8, "the scales of an int16 layer make its sums larger than the reference can");
  const int32_t mantissa = multiplier.mantissa < 0x7fff0000 ? (multiplier.mantissa + (1 << 15)) >> 16 : 0x7fff;
  return {mantissa, 15 - multiplier.shift};
}

/// x: below 2^47, on both sides of 0.
inline int32_t requantize(int64_t x, WideMultiplier multiplier) {
  return static_cast<int32_t>((x * multiplier.mantissa + (int64_t{1} << (multiplier.shift - 1))) >> multiplier.shift);
}

}  // namespace thimble

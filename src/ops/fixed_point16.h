/// 16-bit fixed-point logistic and hyperbolic tangent exactly as gemmlowp defines them; TFLite's integer LSTM uses them.
/// A number in Qm.n is an int32 in int16's range that stands for integer / 2^n, with m + n = 15.
#pragma once

#include <algorithm>

#include "ops/arithmetic.h"

namespace thimble::fixed16 {

inline int32_t saturate(int32_t x) { return std::clamp(x, -32768, 32767); }
/// The high half of 2ab, rounded, ties up.
inline int32_t multiply(int32_t a, int32_t b) { return saturate((a * b + (1 << 14)) >> 15); }
inline int32_t shift_left(int32_t x, int exponent) { return saturate(x * (1 << exponent)); }

/// exp(a) in Q0.15 for a <= 0 with `bits` integer bits: a series about -1/8 for the part in [-1/4, 0), times exp(-2^k) for each bit above.
inline int32_t exp_on_negative_values(int32_t a, int bits) {
  if (a == 0) return 32767;
  const int fraction = 15 - bits;
  if (bits > 5 && a < -(32 << fraction)) return 0;
  const int32_t quarter = 1 << (fraction - 2), part = (a & (quarter - 1)) - quarter;
  const int32_t x = shift_left(part, bits) + (1 << 12);
  const int32_t x2 = multiply(x, x), x3 = multiply(x2, x), x4 = multiply(x2, x2);
  const int32_t third = multiply(rounding_divide_by_power_of_two(x4, 2) + x3, 10923);
  constexpr int32_t kExpEighth = 28918;
  int32_t result = saturate(kExpEighth + multiply(kExpEighth, x + rounding_divide_by_power_of_two(third + x2, 1)));
  constexpr int32_t kFactors[] = {25520, 19875, 12055, 4435, 600, 11, 0};  // exp(-1/4), exp(-1/2), ... exp(-16)
  for (int k = -2; k <= 4 && k < bits; ++k)
    if ((part - a) & (1 << (fraction + k))) result = multiply(result, kFactors[k + 2]);
  return result;
}

/// 1 / ((1 + a) / 2) in Q2.13 for a in [0, 1] in Q0.15: three Newton steps.
inline int32_t reciprocal_of_half(int32_t a) {
  const int32_t half = (a + 32767 + 1) / 2;
  int32_t x = 23130 + multiply(half, -15420);
  for (int i = 0; i < 3; ++i) x += shift_left(multiply(x, (1 << 13) - multiply(half, x)), 2);
  return x;
}

/// 1 / (1 + exp(-a)) in Q0.15 for a in Q3.12.
inline int32_t logistic(int32_t a) {
  if (a == 0) return 1 << 14;
  const int32_t positive = shift_left(reciprocal_of_half(exp_on_negative_values(a > 0 ? -a : a, 3)), 1);
  return a > 0 ? positive : 32767 - positive;
}

/// tanh(a) in Q0.15 for a with `bits` integer bits.
inline int32_t tanh(int32_t a, int bits) {
  if (a == 0) return 0;
  const int32_t x = shift_left(reciprocal_of_half(exp_on_negative_values(a < 0 ? a : -a, bits + 1)) - (1 << 13), 2);
  return a < 0 ? -x : x;
}

}  // namespace thimble::fixed16

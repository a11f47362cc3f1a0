/// Fixed-point exponential, reciprocal and logarithm exactly as gemmlowp and TensorFlow Lite define them.
/// A number in Qm.n is an int32 that stands for integer / 2^n, with m + n = 31.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "ops/arithmetic.h"

namespace thimble::fixed {

inline int32_t multiply(int32_t a, int32_t b) { return rounding_doubling_high_multiply(a, b); }
inline int32_t divide_by_power_of_two(int32_t x, int exponent) { return rounding_divide_by_power_of_two(x, exponent); }

/// x * 2^exponent, limited to int32.
inline int32_t saturating_shift_left(int32_t x, int exponent) {
  const int64_t wide = static_cast<int64_t>(x) * (int64_t{1} << exponent);
  return static_cast<int32_t>(std::clamp<int64_t>(wide, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()));
}

/// exp(a) in Q0.31 for a <= 0 in Q5.26: a Taylor series about -1/8 for the part in [-1/4, 0), times exp(-2^k) for each bit above.
inline int32_t exp_on_negative_values(int32_t a) {
  if (a == 0) return std::numeric_limits<int32_t>::max();
  constexpr int32_t kQuarter = 1 << 24;
  const int32_t part = (a & (kQuarter - 1)) - kQuarter;
  const int32_t x = part * 32 + (1 << 28);
  const int32_t x2 = multiply(x, x), x3 = multiply(x2, x), x4 = multiply(x2, x2);
  const int32_t third = multiply(divide_by_power_of_two(x4, 2) + x3, 715827883);
  constexpr int32_t kExpEighth = 1895147668;
  int32_t result = kExpEighth + multiply(kExpEighth, x + divide_by_power_of_two(third + x2, 1));
  constexpr int32_t kFactors[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  const int32_t whole = part - a;
  for (int k = 0; k < 7; ++k)
    if (whole & (1 << (24 + k))) result = multiply(result, kFactors[k]);
  return result;
}

/// 1 / (1 + a) in Q0.31 for a in [0, 1) in Q0.31: three Newton steps.
inline int32_t one_over_one_plus(int32_t a) {
  const auto half_denominator = static_cast<int32_t>((static_cast<int64_t>(a) + std::numeric_limits<int32_t>::max() + 1) / 2);
  int32_t x = 1515870810 + multiply(half_denominator, -1010580540);
  for (int i = 0; i < 3; ++i) x += saturating_shift_left(multiply(x, (1 << 29) - multiply(half_denominator, x)), 2);
  return saturating_shift_left(x, 1);
}

/// 1/x for x > 0 in Q12.19: a Q0.31 mantissa and the power of two by which it is still to be divided.
struct Reciprocal {
  int32_t mantissa;
  int bits_over_unit;
};
inline Reciprocal reciprocal(int32_t x) {
  const int headroom_plus_one = std::countl_zero(static_cast<uint32_t>(x));
  const uint32_t minus_one = (static_cast<uint32_t>(x) << headroom_plus_one) - (1u << 31);
  return {one_over_one_plus(static_cast<int32_t>(minus_one)), 12 - headroom_plus_one};
}

/// log(x) in Q5.26 for x >= 1 in Q12.19.
inline int32_t log_of_one_or_more(int32_t x) {
  constexpr int32_t kLog2 = 1488522236, kSqrtSqrtHalf = 1805811301, kSqrtHalf = 1518500250, kQuarter = 1 << 23;  // the last in Q6.25
  constexpr int32_t kAlphaN = 117049297, kAlphaD = 127690142, kAlphaI = 1057819769, kAlphaF = 638450708;
  const int headroom_a = std::countl_zero(static_cast<uint32_t>(x));
  const int32_t r_a = saturating_shift_left(multiply(saturating_shift_left(x, headroom_a - 1), kSqrtHalf), 1);
  const int32_t power_a = saturating_shift_left(12 - headroom_a, 25) + kQuarter;
  const int headroom_b = std::countl_zero(static_cast<uint32_t>(multiply(x, kSqrtHalf))) - 1;
  const int32_t r_b = saturating_shift_left(x, headroom_b);
  const int32_t power_b = saturating_shift_left(12 - headroom_b, 25) - kQuarter;
  const int32_t r = std::min(r_a, r_b), power = std::max(power_a, power_b);
  const int64_t sum = static_cast<int64_t>(r) + kSqrtSqrtHalf;
  const auto p = static_cast<int32_t>((sum + 1) / 2);
  const int32_t q = (r - kSqrtSqrtHalf) * 2;
  const int32_t square = multiply(q, q);
  const int32_t numerator = multiply(q, r) + multiply(multiply(q, square), kAlphaN);
  const int32_t denominator = multiply(p, kAlphaI + q + multiply(kAlphaD, square)) + multiply(kAlphaF, q);
  const int32_t fraction = multiply(divide_by_power_of_two(numerator, 6), one_over_one_plus(denominator));
  return saturating_shift_left(multiply(power, kLog2) + fraction, 1);
}

}  // namespace thimble::fixed

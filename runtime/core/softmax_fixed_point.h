/* Fixed-point exponential, reciprocal and logarithm: to the bit what gemmlowp and TensorFlow Lite compute.
 * A number in Qm.n is an int32_t that stands for integer / 2^n, with m + n = 31. */
#ifndef THIMBLE_CORE_SOFTMAX_FIXED_POINT_H
#define THIMBLE_CORE_SOFTMAX_FIXED_POINT_H

#include "core/requantize.h"

/* Left to the compiler to fold or to call. */
#define THIMBLE_FIXED static __attribute__((unused))

/* Zero bits above the highest one of x > 0. */
THIMBLE_FIXED int32_t thimble_leading_zeros(int32_t x) {
  int32_t n = 0;
  for (uint32_t u = (uint32_t)x; !(u & 0x80000000u); u <<= 1) ++n;
  return n;
}

/* x * 2^shift, limited to int32_t. */
THIMBLE_FIXED int32_t thimble_saturating_shift_left(int32_t x, int32_t shift) {
  const int32_t most = INT32_MAX >> shift;
  return x > most ? INT32_MAX : x < -most ? INT32_MIN : (int32_t)((uint32_t)x << shift);
}

/* exp(a) in Q0.31 for a <= 0 in Q5.26: a series about -1/8 for what is left in [-1/4, 0), times exp(-2^k) for every bit above. */
THIMBLE_FIXED int32_t thimble_exp_negative(int32_t a) {
  THIMBLE_CONST int32_t factors[7] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  const int32_t quarter = (int32_t)1 << 24;
  const int32_t part = (a & (quarter - 1)) - quarter;
  const int32_t x = part * 32 + ((int32_t)1 << 28);
  const int32_t x2 = thimble_rounding_doubling_high_multiply(x, x);
  const int32_t x3 = thimble_rounding_doubling_high_multiply(x2, x);
  const int32_t x4 = thimble_rounding_shift_right(thimble_rounding_doubling_high_multiply(x2, x2), 2);
  const int32_t third = thimble_rounding_doubling_high_multiply(x4 + x3, 715827883);
  const int32_t series = x + thimble_rounding_shift_right(third + x2, 1);
  int32_t result = 1895147668 + thimble_rounding_doubling_high_multiply(series, 1895147668);
  int32_t k, bits = (part - a) >> 24; /* seven at most */
  if (a == 0) return INT32_MAX;
  for (k = 0; bits != 0; ++k, bits >>= 1)
    if (bits & 1) result = thimble_rounding_doubling_high_multiply(result, thimble_const_s32(factors, k));
  return result;
}

/* 1 / (1 + a) in Q0.31 for a in [0, 1) in Q0.31: Newton's steps on the half denominator. */
THIMBLE_FIXED int32_t thimble_one_over_one_plus(int32_t a) {
  const int32_t half = (a >> 1) + ((int32_t)1 << 30);
  int32_t i, x = 1515870810 + thimble_rounding_doubling_high_multiply(half, -1010580540);
  for (i = 0; i < 3; ++i) {
    const int32_t error = ((int32_t)1 << 29) - thimble_rounding_doubling_high_multiply(half, x);
    x += thimble_saturating_shift_left(thimble_rounding_doubling_high_multiply(x, error), 2);
  }
  return thimble_saturating_shift_left(x, 1);
}

/* log(x) in Q5.26 for x >= 1 in Q12.19. */
THIMBLE_FIXED int32_t thimble_log_one_or_more(int32_t x) {
  const int32_t root4 = 1805811301, root2 = 1518500250; /* fourth and square root of 1/2 */
  const int32_t zeros_a = thimble_leading_zeros(x);
  const int32_t a = thimble_rounding_doubling_high_multiply((int32_t)((uint32_t)x << (zeros_a - 1)), root2);
  const int32_t zeros_b = thimble_leading_zeros(thimble_rounding_doubling_high_multiply(x, root2)) - 1;
  const int32_t b = thimble_saturating_shift_left(x, zeros_b);
  const int32_t r = 2 * (int64_t)a < b ? 2 * a : b;
  const int32_t power_a = (12 - zeros_a) * ((int32_t)1 << 25) + ((int32_t)1 << 23);
  const int32_t power_b = (12 - zeros_b) * ((int32_t)1 << 25) - ((int32_t)1 << 23);
  const int32_t power = power_a > power_b ? power_a : power_b;
  const int32_t p = (int32_t)(((int64_t)r + root4 + 1) >> 1), q = (r - root4) * 2;
  const int32_t square = thimble_rounding_doubling_high_multiply(q, q);
  const int32_t numerator = thimble_rounding_doubling_high_multiply(q, r) +
                            thimble_rounding_doubling_high_multiply(thimble_rounding_doubling_high_multiply(q, square), 117049297);
  const int32_t slope = 1057819769 + q + thimble_rounding_doubling_high_multiply(square, 127690142);
  const int32_t denominator = thimble_rounding_doubling_high_multiply(p, slope) + thimble_rounding_doubling_high_multiply(q, 638450708);
  const int32_t fraction =
      thimble_rounding_doubling_high_multiply(thimble_rounding_shift_right(numerator, 6), thimble_one_over_one_plus(denominator));
  return thimble_saturating_shift_left(thimble_rounding_doubling_high_multiply(power, 1488522236) + fraction, 1);
}

#endif

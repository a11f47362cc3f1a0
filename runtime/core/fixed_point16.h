/* 16-bit fixed-point logistic and hyperbolic tangent: to the bit what gemmlowp computes for TensorFlow Lite's integer LSTM.
 * A number in Qm.n is an int32_t in int16_t's range that stands for integer / 2^n, with m + n = 15. */
#ifndef THIMBLE_CORE_FIXED_POINT16_H
#define THIMBLE_CORE_FIXED_POINT16_H

#include "core/requantize.h"

/* Left to the compiler to fold or to call. */
#define THIMBLE_FIXED16 static __attribute__((unused))

THIMBLE_INLINE int32_t thimble_saturate16(int32_t x) { return thimble_clamp(x, -32768, 32767); }
/* The high half of 2ab, rounded, ties up. */
THIMBLE_INLINE int32_t thimble_multiply16(int32_t a, int32_t b) { return thimble_saturate16((a * b + ((int32_t)1 << 14)) >> 15); }
THIMBLE_INLINE int32_t thimble_shift_left16(int32_t x, int32_t exponent) { return thimble_saturate16(x * ((int32_t)1 << exponent)); }

/* 2 / (1 + exp(a)) in Q2.13 for a <= 0 with `bits` integer bits. The exponential is a series about -1/8 for the part in [-1/4, 0), times
 * exp(-2^k) for each bit above; the reciprocal takes three Newton steps. */
THIMBLE_FIXED16 int32_t thimble_two_over_one_plus_exp16(int32_t a, int32_t bits) {
  THIMBLE_CONST int16_t factors[7] = {25520, 19875, 12055, 4435, 600, 11, 0};
  const int32_t fraction = 15 - bits, quarter = (int32_t)1 << (fraction - 2), part = (a & (quarter - 1)) - quarter;
  const int32_t x = thimble_shift_left16(part, bits) + 4096, x2 = thimble_multiply16(x, x), x3 = thimble_multiply16(x2, x);
  const int32_t x4 = thimble_rounding_shift_right(thimble_multiply16(x2, x2), 2);
  const int32_t series = x + thimble_rounding_shift_right(thimble_multiply16(x4 + x3, 10923) + x2, 1);
  int32_t exponential = thimble_saturate16(28918 + thimble_multiply16(28918, series)), half, y, k;
  for (k = 0; k < 7 && k < bits + 2; ++k)
    if ((part - a) & ((int32_t)1 << (fraction + k - 2))) exponential = thimble_multiply16(exponential, thimble_const_s16(factors, k));
  if (bits > 5 && a < -((int32_t)32 << fraction)) exponential = 0;
  if (a == 0) exponential = 32767;
  half = (exponential + 32768) / 2;
  y = 23130 + thimble_multiply16(half, -15420);
  for (k = 0; k < 3; ++k) y += thimble_shift_left16(thimble_multiply16(y, 8192 - thimble_multiply16(half, y)), 2);
  return y;
}

/* 1 / (1 + exp(-a)) in Q0.15 for a in Q3.12. */
THIMBLE_FIXED16 int32_t thimble_logistic16(int32_t a) {
  const int32_t positive = thimble_shift_left16(thimble_two_over_one_plus_exp16(a > 0 ? -a : a, 3), 1);
  return a == 0 ? 16384 : a > 0 ? positive : 32767 - positive;
}

/* tanh(a) in Q0.15 for a with `bits` integer bits. */
THIMBLE_FIXED16 int32_t thimble_tanh16(int32_t a, int32_t bits) {
  const int32_t positive = thimble_shift_left16(thimble_two_over_one_plus_exp16(a < 0 ? a : -a, bits + 1) - 8192, 2);
  return a == 0 ? 0 : a < 0 ? -positive : positive;
}

#endif

/* Integer rescaling with the two roundings of the TFLite reference. */
#ifndef THIMBLE_CORE_REQUANTIZE_H
#define THIMBLE_CORE_REQUANTIZE_H

#include "core/base.h"

/* High half of 2*a*b, rounded; b is a mantissa, so never INT32_MIN. */
THIMBLE_INLINE int32_t thimble_rounding_doubling_high_multiply(int32_t a, int32_t b) {
  return (int32_t)(((int64_t)a * b + (1L << 30)) >> 31);
}

/* x / 2^exponent, ties away from zero. */
THIMBLE_INLINE int32_t thimble_rounding_shift_right(int32_t x, int exponent) {
  const int32_t mask = (int32_t)(((uint32_t)1 << exponent) - 1);
  const int32_t threshold = (mask >> 1) + (x < 0);
  return (x >> exponent) + ((x & mask) > threshold);
}

/* x * mantissa / 2^31 * 2^shift. */
THIMBLE_INLINE int32_t thimble_requantize(int32_t x, int32_t mantissa, int shift) {
  const int left = shift > 0 ? shift : 0, right = shift > 0 ? 0 : -shift;
  return thimble_rounding_shift_right(thimble_rounding_doubling_high_multiply((int32_t)((uint32_t)x << left), mantissa), right);
}

/* (x * mantissa + half) >> shift: what the reference makes of the sums of int16 layers. `scaling` holds four words per channel: the bias,
 * low word first, mantissa, shift. */
THIMBLE_INLINE int64_t thimble_wide_bias(const int32_t* scaling, int32_t channel) {
  const uint64_t low = (uint32_t)thimble_const_s32(scaling, 4 * channel), high = (uint32_t)thimble_const_s32(scaling, 4 * channel + 1);
  return (int64_t)(high << 32 | low);
}
THIMBLE_INLINE int16_t thimble_wide_s16(int64_t x, const int32_t* scaling, int32_t channel, int32_t min, int32_t max) {
  const int32_t mantissa = thimble_const_s32(scaling, 4 * channel + 2), shift = thimble_const_s32(scaling, 4 * channel + 3);
  return (int16_t)thimble_clamp((int32_t)((x * mantissa + ((int64_t)1 << (shift - 1))) >> shift), min, max);
}

#endif

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

#endif

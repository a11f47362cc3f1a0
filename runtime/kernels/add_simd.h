/* int8 addition and subtraction of equal shapes with vectors: both operands to a fine common scale, then to that of the result. */
#ifndef THIMBLE_ADD_SIMD_H
#define THIMBLE_ADD_SIMD_H

#include "core/simd.h"

/* A subtraction has a negative second mantissa. Shifts are not positive. */
typedef struct {
  int32_t zero, mantissa, shift;
} thimble_addend_simd;
typedef struct {
  int32_t count;
  thimble_addend_simd a, b;
  thimble_scaling scaling;
} thimble_add_s8_simd_shape;

/* (x - zero) * 2^20 * mantissa / 2^31 * 2^shift with both roundings of the reference. */
THIMBLE_INLINE thimble_lanes thimble_scale_addend_simd(thimble_lanes x, const thimble_addend_simd* a) {
  const thimble_lanes apart = thimble_add_lanes(x, thimble_splat_lanes(-a->zero));
  if (a->mantissa == 1 << 30 && a->shift == 0) return thimble_shift_left(apart, 19);
  const thimble_lanes high = thimble_high_product(apart, 22, thimble_splat_lanes(a->mantissa));
  const thimble_lanes rounded = thimble_shift_right(thimble_add_lanes(high, thimble_splat_lanes(1)), 1);
  if (a->shift == 0) return rounded;
  return thimble_shift_right(
      thimble_add_lanes(thimble_add_lanes(rounded, thimble_splat_lanes(1 << (-a->shift - 1))), thimble_shift_right(rounded, 31)),
      -a->shift);
}

THIMBLE_INLINE thimble_lanes thimble_sum_simd(const int8_t* a, const int8_t* b, const int32_t* words, const thimble_add_s8_simd_shape* s) {
  const thimble_lanes sum =
      thimble_add_lanes(thimble_scale_addend_simd(thimble_load_bytes(a), &s->a), thimble_scale_addend_simd(thimble_load_bytes(b), &s->b));
  return thimble_scale_lanes(sum, words, &s->scaling);
}

/* words: what requantises, the same in every lane. */
THIMBLE_KERNEL void thimble_add_s8_simd(const int8_t* a, const int8_t* b, int8_t* out, const int32_t* words,
                                        const thimble_add_s8_simd_shape* s) {
  const int32_t rest = s->count % THIMBLE_LANES, whole = s->count - rest;
  for (int32_t i = 0; i < whole; i += THIMBLE_LANES)
    thimble_store_scaled(out + i, thimble_sum_simd(a + i, b + i, words, s), THIMBLE_LANES, &s->scaling);
  if (rest > 0) {
    int8_t last_a[THIMBLE_LANES] = {0}, last_b[THIMBLE_LANES] = {0};
    memcpy(last_a, a + whole, (size_t)rest);
    memcpy(last_b, b + whole, (size_t)rest);
    thimble_store_scaled(out + whole, thimble_sum_simd(last_a, last_b, words, s), rest, &s->scaling);
  }
}

#endif

/* Ops that treat each int16 element alone. In place is fine. */
#ifndef THIMBLE_ELEMENTWISE_S16_REF_H
#define THIMBLE_ELEMENTWISE_S16_REF_H

#include "core/requantize.h"

typedef struct {
  int32_t count, below_mantissa, below_shift, mantissa, shift, out_min, out_max;
} thimble_rescale_clamp_s16_shape;

/* What is below 0 may have a multiplier of its own. */
THIMBLE_KERNEL void thimble_rescale_clamp_s16(const int16_t* in, int16_t* out, const thimble_rescale_clamp_s16_shape* s) {
  int32_t i;
  for (i = 0; i < s->count; ++i) {
    const int32_t x = in[i], mantissa = x < 0 ? s->below_mantissa : s->mantissa, shift = x < 0 ? s->below_shift : s->shift;
    out[i] = (int16_t)thimble_clamp(thimble_requantize(x, mantissa, (int)shift), s->out_min, s->out_max);
  }
}

typedef struct {
  int32_t count, multiplier, shift; /* to steps of 2^-17 of 32/3 */
} thimble_sigmoid_s16_shape;

THIMBLE_INLINE int32_t thimble_sigmoid_scaled(int16_t x, const thimble_sigmoid_s16_shape* s) {
  return (x * s->multiplier + (s->shift > 0 ? (int32_t)1 << (s->shift - 1) : 0)) >> s->shift;
}

/* logistic of |x| between the table's entries, which are unsigned; `bits` of x lie between two. */
THIMBLE_INLINE uint32_t thimble_sigmoid_between(const int16_t* table, int32_t x, int bits, uint32_t saturated) {
  const uint32_t far = x < 0 ? 0u - (uint32_t)x : (uint32_t)x, at = far >> bits;
  uint32_t low, high;
  if (at >= 255) return saturated << bits;
  low = (uint16_t)thimble_const_s16(table, at), high = (uint16_t)thimble_const_s16(table, at + 1);
  return (low << bits) + (far & ((1u << bits) - 1)) * (high - low);
}

THIMBLE_KERNEL void thimble_logistic_s16(const int16_t* in, int16_t* out, const int16_t* table, const thimble_sigmoid_s16_shape* s) {
  int32_t i;
  for (i = 0; i < s->count; ++i) {
    const int32_t x = thimble_sigmoid_scaled(in[i], s);
    const uint32_t half = thimble_sigmoid_between(table, x, 9, 0xfffe) + (1u << 9);
    out[i] = (int16_t)((x >= 0 ? half : ((uint32_t)1 << 25) + 1023 - half) >> 10);
  }
}

/* tanh(x) is twice the logistic of 2x, less one. */
THIMBLE_KERNEL void thimble_tanh_s16(const int16_t* in, int16_t* out, const int16_t* table, const thimble_sigmoid_s16_shape* s) {
  int32_t i;
  for (i = 0; i < s->count; ++i) {
    const int32_t x = thimble_sigmoid_scaled(in[i], s);
    const int32_t above = (int32_t)thimble_sigmoid_between(table, x, 8, 0xffff) - ((int32_t)1 << 23);
    out[i] = (int16_t)((x >= 0 ? above + (1 << 7) : -above + (1 << 7) - 1) >> 8);
  }
}

#endif

/* Between real numbers and their integers. In place is fine where the element sizes agree. */
#ifndef THIMBLE_QUANTIZE_REF_H
#define THIMBLE_QUANTIZE_REF_H

#include "core/math.h"
#include "core/requantize.h"

typedef struct {
  int32_t count;
  float scale;
  int32_t zero;
} thimble_quantize_shape;

/* x / scale to the nearest integer, ties away from zero; limited so that every float fits an int32_t, NaN included. */
THIMBLE_INLINE int32_t thimble_quantize_one(float x, float scale, int32_t zero) {
  const float steps = x / scale;
  return thimble_round_to_int(steps >= -65536.0f ? (steps <= 65536.0f ? steps : 65536.0f) : -65536.0f) + zero;
}

#define THIMBLE_QUANTIZE(suffix, type, least, most)                                                                           \
  THIMBLE_KERNEL void thimble_quantize_##suffix(const float* in, type* out, const thimble_quantize_shape* s) {                \
    int32_t i;                                                                                                                \
    for (i = 0; i < s->count; ++i) out[i] = (type)thimble_clamp(thimble_quantize_one(in[i], s->scale, s->zero), least, most); \
  }                                                                                                                           \
  THIMBLE_KERNEL void thimble_dequantize_##suffix(const type* in, float* out, const thimble_quantize_shape* s) {              \
    int32_t i;                                                                                                                \
    for (i = 0; i < s->count; ++i) out[i] = s->scale * (float)(in[i] - s->zero);                                              \
  }
THIMBLE_QUANTIZE(s8, int8_t, -128, 127)
THIMBLE_QUANTIZE(u8, uint8_t, 0, 255)
THIMBLE_QUANTIZE(s16, int16_t, -32768, 32767)

typedef struct {
  int32_t count;
  int32_t in_zero, mantissa, shift, out_zero;
} thimble_rescale_shape;

#define THIMBLE_RESCALE(suffix, from, to, least, most)                                                                           \
  THIMBLE_KERNEL void thimble_rescale_##suffix(const from* in, to* out, const thimble_rescale_shape* s) {                        \
    int32_t i;                                                                                                                   \
    for (i = 0; i < s->count; ++i)                                                                                               \
      out[i] = (to)thimble_clamp(thimble_requantize(in[i] - s->in_zero, s->mantissa, (int)s->shift) + s->out_zero, least, most); \
  }
THIMBLE_RESCALE(s8_s8, int8_t, int8_t, -128, 127)
THIMBLE_RESCALE(s8_u8, int8_t, uint8_t, 0, 255)
THIMBLE_RESCALE(s8_s16, int8_t, int16_t, -32768, 32767)
THIMBLE_RESCALE(u8_s8, uint8_t, int8_t, -128, 127)
THIMBLE_RESCALE(u8_u8, uint8_t, uint8_t, 0, 255)
THIMBLE_RESCALE(u8_s16, uint8_t, int16_t, -32768, 32767)
THIMBLE_RESCALE(s16_s8, int16_t, int8_t, -128, 127)
THIMBLE_RESCALE(s16_u8, int16_t, uint8_t, 0, 255)
THIMBLE_RESCALE(s16_s16, int16_t, int16_t, -32768, 32767)

#endif

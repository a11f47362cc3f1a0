/* Singular value decomposition filters. The state holds, per batch and filter, the last `memory` feature products, oldest first. */
#ifndef THIMBLE_SVDF_REF_H
#define THIMBLE_SVDF_REF_H

#include "core/requantize.h"

typedef struct {
  int32_t batches, features, units, rank, memory;
  int32_t state_mantissa, state_shift, out_mantissa, out_shift, out_zero;
} thimble_svdf_s8_shape;

/* feature_bias: the input's zero point folded, one per filter; bias: one per unit. */
THIMBLE_KERNEL void thimble_svdf_s8(const int8_t* in, int16_t* state, int8_t* out, const int8_t* feature, const int32_t* feature_bias,
                                    const int16_t* time, const int32_t* bias, const thimble_svdf_s8_shape* s) {
  const int32_t filters = s->units * s->rank;
  memmove(state, state + 1, (size_t)(s->batches * filters * s->memory - 1) * sizeof(int16_t));
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->features) {
    for (int32_t u = 0; u < s->units; ++u) {
      int32_t total = thimble_const_s32(bias, u);
      for (int32_t f = u * s->rank; f < (u + 1) * s->rank; ++f, state += s->memory) {
        int32_t sum = thimble_const_s32(feature_bias, f);
        for (int32_t k = 0; k < s->features; ++k) sum += thimble_const_s8(feature, f * s->features + k) * in[k];
        state[s->memory - 1] = (int16_t)thimble_clamp(thimble_requantize(sum, s->state_mantissa, s->state_shift), -32768, 32767);
        /* int16 products may leave 32 bits; like the reference's, the sum wraps. */
        for (int32_t m = 0; m < s->memory; ++m)
          total = (int32_t)((uint32_t)total + (uint32_t)((int32_t)thimble_const_s16(time, f * s->memory + m) * state[m]));
      }
      *out++ = (int8_t)thimble_clamp(thimble_requantize(total, s->out_mantissa, s->out_shift) + s->out_zero, -128, 127);
    }
  }
}

typedef struct {
  int32_t batches, features, units, rank, memory;
  float out_min, out_max;
} thimble_svdf_f32_shape;

THIMBLE_KERNEL void thimble_svdf_f32(const float* in, float* state, float* out, const float* feature, const float* time, const float* bias,
                                     const thimble_svdf_f32_shape* s) {
  const int32_t filters = s->units * s->rank;
  memmove(state, state + 1, (size_t)(s->batches * filters * s->memory - 1) * sizeof(float));
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->features) {
    for (int32_t u = 0; u < s->units; ++u) {
      float total = thimble_const_f32(bias, u);
      for (int32_t f = u * s->rank; f < (u + 1) * s->rank; ++f, state += s->memory) {
        float product = 0, sum = 0;
        for (int32_t k = 0; k < s->features; ++k) product += thimble_const_f32(feature, f * s->features + k) * in[k];
        state[s->memory - 1] = product;
        for (int32_t m = 0; m < s->memory; ++m) sum += thimble_const_f32(time, f * s->memory + m) * state[m];
        total += sum;
      }
      *out++ = thimble_clampf(total, s->out_min, s->out_max);
    }
  }
}

#endif

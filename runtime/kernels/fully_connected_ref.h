/* Fully connected layers, written to be read. The input's zero point is folded into the bias when the model is compiled. */
#ifndef THIMBLE_FULLY_CONNECTED_REF_H
#define THIMBLE_FULLY_CONNECTED_REF_H

#include "core/requantize.h"

typedef struct {
  int32_t rows, units, features;
  int32_t weight_zero, out_zero, out_min, out_max;
} thimble_fully_connected_s8_shape;

/* multipliers and shifts hold one entry per unit. */
THIMBLE_KERNEL void thimble_fully_connected_s8(const int8_t* in, int8_t* out, const int8_t* weights, const int32_t* bias,
                                               const int32_t* multipliers, const int8_t* shifts,
                                               const thimble_fully_connected_s8_shape* s) {
  for (int32_t row = 0; row < s->rows; ++row, in += s->features, out += s->units) {
    const int8_t* w = weights;
    for (int32_t u = 0; u < s->units; ++u, w += s->features) {
      int32_t sum = thimble_const_s32(bias, u);
      for (int32_t k = 0; k < s->features; ++k) sum += in[k] * (thimble_const_s8(w, k) - s->weight_zero);
      sum = thimble_requantize(sum, thimble_const_s32(multipliers, u), thimble_const_s8(shifts, u)) + s->out_zero;
      out[u] = (int8_t)thimble_clamp(sum, s->out_min, s->out_max);
    }
  }
}

typedef struct {
  int32_t rows, units, features;
  int32_t weight_zero, out_min, out_max;
} thimble_fully_connected_s16_shape;

/* int16 activations with zero point 0. scaling: see thimble_wide_s16. */
THIMBLE_KERNEL void thimble_fully_connected_s16(const int16_t* in, int16_t* out, const int8_t* weights, const int32_t* scaling,
                                                const thimble_fully_connected_s16_shape* s) {
  for (int32_t row = 0; row < s->rows; ++row, in += s->features, out += s->units) {
    const int8_t* w = weights;
    for (int32_t u = 0; u < s->units; ++u, w += s->features) {
      int64_t sum = thimble_wide_bias(scaling, u);
      for (int32_t k = 0; k < s->features; ++k) sum += (int32_t)in[k] * (thimble_const_s8(w, k) - s->weight_zero);
      out[u] = thimble_wide_s16(sum, scaling, u, s->out_min, s->out_max);
    }
  }
}

typedef struct {
  int32_t rows, units, features;
  float out_min, out_max;
} thimble_fully_connected_f32_shape;

THIMBLE_KERNEL void thimble_fully_connected_f32(const float* in, float* out, const float* weights, const float* bias,
                                                const thimble_fully_connected_f32_shape* s) {
  for (int32_t row = 0; row < s->rows; ++row, in += s->features, out += s->units) {
    const float* w = weights;
    for (int32_t u = 0; u < s->units; ++u, w += s->features) {
      float sum = 0;
      for (int32_t k = 0; k < s->features; ++k) sum += in[k] * thimble_const_f32(w, k);
      out[u] = thimble_clampf(sum + thimble_const_f32(bias, u), s->out_min, s->out_max);
    }
  }
}

/* int8 weights under float activations: one scale per unit, applied to each weight. */
THIMBLE_KERNEL void thimble_fully_connected_f32_s8w(const float* in, float* out, const int8_t* weights, const float* scales,
                                                    const float* bias, const thimble_fully_connected_f32_shape* s) {
  for (int32_t row = 0; row < s->rows; ++row, in += s->features, out += s->units) {
    const int8_t* w = weights;
    for (int32_t u = 0; u < s->units; ++u, w += s->features) {
      const float scale = thimble_const_f32(scales, u);
      float sum = 0;
      for (int32_t k = 0; k < s->features; ++k) sum += in[k] * (scale * (float)thimble_const_s8(w, k));
      out[u] = thimble_clampf(sum + thimble_const_f32(bias, u), s->out_min, s->out_max);
    }
  }
}

#endif

/* Depthwise convolution, written to be read. Weights come as [filters][rows][columns]: one filter's taps side by side. */
#ifndef THIMBLE_DWCONV2D_REF_H
#define THIMBLE_DWCONV2D_REF_H

#include "core/requantize.h"
#include "kernels/window2d.h"

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, multiplier;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int32_t in_zero, out_zero, out_min, out_max;
} thimble_dwconv2d_s8_shape;

/* multipliers and shifts hold one entry per filter; filter f reads channel f / multiplier. */
THIMBLE_KERNEL void thimble_dwconv2d_s8(const int8_t* in, int8_t* out, const int8_t* weights, const int32_t* bias,
                                        const int32_t* multipliers, const int8_t* shifts, const thimble_dwconv2d_s8_shape* s) {
  const int32_t row_step = s->dilation_h * s->in_w * s->in_c, column_step = s->dilation_w * s->in_c;
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_w * s->in_c)
    for (int32_t oy = 0; oy < s->out_h; ++oy)
      for (int32_t ox = 0; ox < s->out_w; ++ox) {
        const int32_t y = oy * s->stride_h - s->pad_top, x = ox * s->stride_w - s->pad_left;
        const thimble_taps rows = thimble_taps_inside(y, s->kernel_h, s->dilation_h, s->in_h);
        const thimble_taps columns = thimble_taps_inside(x, s->kernel_w, s->dilation_w, s->in_w);
        const int32_t corner = (y * s->in_w + x) * s->in_c + rows.begin * row_step + columns.begin * column_step;
        const int8_t* w = weights;
        int32_t f = 0;
        for (int32_t c = 0; c < s->in_c; ++c)
          for (int32_t end = f + s->multiplier; f < end; ++f, w += s->kernel_h * s->kernel_w) {
            int32_t sum = thimble_const_s32(bias, f), row = corner + c;
            for (int32_t ky = rows.begin; ky < rows.end; ++ky, row += row_step) {
              const int8_t *tap = in + row, *taps = w + ky * s->kernel_w;
              for (int32_t kx = columns.begin; kx < columns.end; ++kx, tap += column_step)
                sum += (*tap - s->in_zero) * thimble_const_s8(taps, kx);
            }
            sum = thimble_requantize(sum, thimble_const_s32(multipliers, f), thimble_const_s8(shifts, f)) + s->out_zero;
            *out++ = (int8_t)thimble_clamp(sum, s->out_min, s->out_max);
          }
      }
}

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, multiplier;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int32_t out_min, out_max;
} thimble_dwconv2d_s16_shape;

/* int16 activations with zero point 0. scaling: see thimble_wide_s16. */
THIMBLE_KERNEL void thimble_dwconv2d_s16(const int16_t* in, int16_t* out, const int8_t* weights, const int32_t* scaling,
                                         const thimble_dwconv2d_s16_shape* s) {
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_w * s->in_c)
    for (int32_t oy = 0; oy < s->out_h; ++oy)
      for (int32_t ox = 0; ox < s->out_w; ++ox) {
        const int32_t y = oy * s->stride_h - s->pad_top, x = ox * s->stride_w - s->pad_left;
        const thimble_taps rows = thimble_taps_inside(y, s->kernel_h, s->dilation_h, s->in_h);
        const thimble_taps columns = thimble_taps_inside(x, s->kernel_w, s->dilation_w, s->in_w);
        for (int32_t f = 0; f < s->in_c * s->multiplier; ++f) {
          int64_t sum = thimble_wide_bias(scaling, f);
          for (int32_t ky = rows.begin; ky < rows.end; ++ky)
            for (int32_t kx = columns.begin; kx < columns.end; ++kx)
              sum += (int32_t)in[((y + ky * s->dilation_h) * s->in_w + x + kx * s->dilation_w) * s->in_c + f / s->multiplier] *
                     thimble_const_s8(weights, (f * s->kernel_h + ky) * s->kernel_w + kx);
          *out++ = thimble_wide_s16(sum, scaling, f, s->out_min, s->out_max);
        }
      }
}

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, multiplier;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  float out_min, out_max;
} thimble_dwconv2d_f32_shape;

/* Float activations; the weights are floats, or int8 with one scale per filter, which multiplies each weight so
 * that every sum rounds as that of the same model with float weights does. One of the two is NULL. */
THIMBLE_INLINE void thimble_dwconv2d_real(const float* in, float* out, const float* weights, const int8_t* weights_s8, const float* scales,
                                          const float* bias, const thimble_dwconv2d_f32_shape* s) {
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_w * s->in_c)
    for (int32_t oy = 0; oy < s->out_h; ++oy)
      for (int32_t ox = 0; ox < s->out_w; ++ox) {
        const int32_t y = oy * s->stride_h - s->pad_top, x = ox * s->stride_w - s->pad_left;
        const thimble_taps rows = thimble_taps_inside(y, s->kernel_h, s->dilation_h, s->in_h);
        const thimble_taps columns = thimble_taps_inside(x, s->kernel_w, s->dilation_w, s->in_w);
        int32_t f = 0;
        for (int32_t c = 0; c < s->in_c; ++c)
          for (int32_t end = f + s->multiplier; f < end; ++f) {
            const float scale = scales ? thimble_const_f32(scales, f) : 1.0f;
            float sum = 0;
            for (int32_t ky = rows.begin; ky < rows.end; ++ky)
              for (int32_t kx = columns.begin; kx < columns.end; ++kx) {
                const int32_t w = (f * s->kernel_h + ky) * s->kernel_w + kx;
                sum += in[((y + ky * s->dilation_h) * s->in_w + x + kx * s->dilation_w) * s->in_c + c] *
                       (weights ? thimble_const_f32(weights, w) : scale * (float)thimble_const_s8(weights_s8, w));
              }
            *out++ = thimble_clampf(sum + thimble_const_f32(bias, f), s->out_min, s->out_max);
          }
      }
}

THIMBLE_KERNEL void thimble_dwconv2d_f32(const float* in, float* out, const float* weights, const float* bias,
                                         const thimble_dwconv2d_f32_shape* s) {
  thimble_dwconv2d_real(in, out, weights, NULL, NULL, bias, s);
}

THIMBLE_KERNEL void thimble_dwconv2d_f32_s8w(const float* in, float* out, const int8_t* weights, const float* scales, const float* bias,
                                             const thimble_dwconv2d_f32_shape* s) {
  thimble_dwconv2d_real(in, out, NULL, weights, scales, bias, s);
}

#endif

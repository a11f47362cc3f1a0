/* Convolution with weights [filters][rows][columns][channels of a group], written to be read.
 *
 * int8: the taps of one output pixel are gathered into `patch` with the input's zero point where there is padding, so that every filter
 * is one dot product and the zero point is folded into the bias when the model is compiled. */
#ifndef THIMBLE_CONV2D_REF_H
#define THIMBLE_CONV2D_REF_H

#include "core/requantize.h"
#include "kernels/window2d.h"

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, filters, groups;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int32_t in_zero, out_zero, out_min, out_max;
  int32_t in_place; /* 1x1 windows without groups or padding are read where they lie */
} thimble_conv2d_s8_shape;

/* Fills `patch` with the kernel_h * kernel_w * depth values under the window whose first tap is (y, x). */
THIMBLE_INLINE void thimble_conv2d_gather_s8(const int8_t* in, int8_t* patch, int32_t y, int32_t x, int32_t depth,
                                             const thimble_conv2d_s8_shape* s) {
  for (int32_t ky = 0; ky < s->kernel_h; ++ky) {
    const int32_t iy = y + ky * s->dilation_h;
    for (int32_t kx = 0; kx < s->kernel_w; ++kx, patch += depth) {
      const int32_t ix = x + kx * s->dilation_w;
      if (iy >= 0 && iy < s->in_h && ix >= 0 && ix < s->in_w)
        memcpy(patch, in + (iy * s->in_w + ix) * s->in_c, (size_t)depth);
      else
        memset(patch, (int)s->in_zero, (size_t)depth);
    }
  }
}

/* scratch: one window of one group. multipliers and shifts hold one entry per filter. */
THIMBLE_KERNEL void thimble_conv2d_s8(const int8_t* in, int8_t* out, void* scratch, const int8_t* weights, const int32_t* bias,
                                      const int32_t* multipliers, const int8_t* shifts, const thimble_conv2d_s8_shape* s) {
  const int32_t depth = s->in_c / s->groups, per_group = s->filters / s->groups, taps = s->kernel_h * s->kernel_w * depth;
  int8_t* patch = (int8_t*)scratch;
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_w * s->in_c)
    for (int32_t oy = 0; oy < s->out_h; ++oy)
      for (int32_t ox = 0; ox < s->out_w; ++ox) {
        const int32_t y = oy * s->stride_h - s->pad_top, x = ox * s->stride_w - s->pad_left;
        const int8_t* w = weights;
        int32_t f = 0;
        for (int32_t first = 0; first < s->in_c; first += depth) {
          const int8_t* values = patch;
          if (s->in_place)
            values = in + (y * s->in_w + x) * s->in_c;
          else
            thimble_conv2d_gather_s8(in + first, patch, y, x, depth, s);
          for (int32_t end = f + per_group; f < end; ++f, w += taps) {
            int32_t sum = thimble_const_s32(bias, f);
            for (int32_t k = 0; k < taps; ++k) sum += values[k] * thimble_const_s8(w, k);
            sum = thimble_requantize(sum, thimble_const_s32(multipliers, f), thimble_const_s8(shifts, f)) + s->out_zero;
            *out++ = (int8_t)thimble_clamp(sum, s->out_min, s->out_max);
          }
        }
      }
}

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, filters, groups;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int32_t out_min, out_max;
} thimble_conv2d_s16_shape;

/* int16 activations with zero point 0: padding adds nothing. scaling: see thimble_wide_s16. */
THIMBLE_KERNEL void thimble_conv2d_s16(const int16_t* in, int16_t* out, const int8_t* weights, const int32_t* scaling,
                                       const thimble_conv2d_s16_shape* s) {
  const int32_t depth = s->in_c / s->groups, per_group = s->filters / s->groups;
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_w * s->in_c)
    for (int32_t oy = 0; oy < s->out_h; ++oy)
      for (int32_t ox = 0; ox < s->out_w; ++ox) {
        const int32_t y = oy * s->stride_h - s->pad_top, x = ox * s->stride_w - s->pad_left;
        const thimble_taps rows = thimble_taps_inside(y, s->kernel_h, s->dilation_h, s->in_h);
        const thimble_taps columns = thimble_taps_inside(x, s->kernel_w, s->dilation_w, s->in_w);
        for (int32_t f = 0; f < s->filters; ++f) {
          int64_t sum = thimble_wide_bias(scaling, f);
          for (int32_t ky = rows.begin; ky < rows.end; ++ky)
            for (int32_t kx = columns.begin; kx < columns.end; ++kx) {
              const int16_t* tap = in + ((y + ky * s->dilation_h) * s->in_w + x + kx * s->dilation_w) * s->in_c + f / per_group * depth;
              const int8_t* w = weights + ((f * s->kernel_h + ky) * s->kernel_w + kx) * depth;
              for (int32_t c = 0; c < depth; ++c) sum += (int32_t)tap[c] * thimble_const_s8(w, c);
            }
          *out++ = thimble_wide_s16(sum, scaling, f, s->out_min, s->out_max);
        }
      }
}

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, filters, groups;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  float out_min, out_max;
} thimble_conv2d_f32_shape;

/* Float activations; the weights are floats, or int8 with one scale per filter, which multiplies each weight so
 * that every sum rounds as that of the same model with float weights does. One of the two is NULL. */
THIMBLE_INLINE void thimble_conv2d_real(const float* in, float* out, const float* weights, const int8_t* weights_s8, const float* scales,
                                        const float* bias, const thimble_conv2d_f32_shape* s) {
  const int32_t depth = s->in_c / s->groups, per_group = s->filters / s->groups;
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_w * s->in_c)
    for (int32_t oy = 0; oy < s->out_h; ++oy)
      for (int32_t ox = 0; ox < s->out_w; ++ox) {
        const int32_t y = oy * s->stride_h - s->pad_top, x = ox * s->stride_w - s->pad_left;
        const thimble_taps rows = thimble_taps_inside(y, s->kernel_h, s->dilation_h, s->in_h);
        const thimble_taps columns = thimble_taps_inside(x, s->kernel_w, s->dilation_w, s->in_w);
        for (int32_t f = 0; f < s->filters; ++f) {
          const float scale = scales ? thimble_const_f32(scales, f) : 1.0f;
          float sum = 0;
          for (int32_t ky = rows.begin; ky < rows.end; ++ky)
            for (int32_t kx = columns.begin; kx < columns.end; ++kx) {
              const float* tap = in + ((y + ky * s->dilation_h) * s->in_w + x + kx * s->dilation_w) * s->in_c + f / per_group * depth;
              const int32_t w = ((f * s->kernel_h + ky) * s->kernel_w + kx) * depth;
              for (int32_t c = 0; c < depth; ++c)
                sum += tap[c] * (weights ? thimble_const_f32(weights, w + c) : scale * (float)thimble_const_s8(weights_s8, w + c));
            }
          *out++ = thimble_clampf(sum + thimble_const_f32(bias, f), s->out_min, s->out_max);
        }
      }
}

THIMBLE_KERNEL void thimble_conv2d_f32(const float* in, float* out, const float* weights, const float* bias,
                                       const thimble_conv2d_f32_shape* s) {
  thimble_conv2d_real(in, out, weights, NULL, NULL, bias, s);
}

THIMBLE_KERNEL void thimble_conv2d_f32_s8w(const float* in, float* out, const int8_t* weights, const float* scales, const float* bias,
                                           const thimble_conv2d_f32_shape* s) {
  thimble_conv2d_real(in, out, NULL, weights, scales, bias, s);
}

#endif

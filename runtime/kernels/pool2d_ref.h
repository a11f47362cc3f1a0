/* Average and maximum pooling, written to be read. Taps in the padding take no part. */
#ifndef THIMBLE_POOL2D_REF_H
#define THIMBLE_POOL2D_REF_H

#include "kernels/window2d.h"

typedef struct {
  int32_t batches, in_h, in_w, channels, out_h, out_w;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int32_t maximum; /* 1: maximum, 0: average */
  int32_t out_min, out_max;
} thimble_pool2d_s8_shape;

THIMBLE_KERNEL void thimble_pool2d_s8(const int8_t* in, int8_t* out, const thimble_pool2d_s8_shape* s) {
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_w * s->channels)
    for (int32_t oy = 0; oy < s->out_h; ++oy)
      for (int32_t ox = 0; ox < s->out_w; ++ox) {
        const int32_t y = oy * s->stride_h - s->pad_top, x = ox * s->stride_w - s->pad_left;
        const thimble_taps rows = thimble_taps_inside(y, s->kernel_h, s->dilation_h, s->in_h);
        const thimble_taps columns = thimble_taps_inside(x, s->kernel_w, s->dilation_w, s->in_w);
        const int32_t count = (rows.end - rows.begin) * (columns.end - columns.begin);
        for (int32_t c = 0; c < s->channels; ++c) {
          int32_t sum = 0, best = -128;
          for (int32_t ky = rows.begin; ky < rows.end; ++ky)
            for (int32_t kx = columns.begin; kx < columns.end; ++kx) {
              const int32_t value = in[((y + ky * s->dilation_h) * s->in_w + x + kx * s->dilation_w) * s->channels + c];
              sum += value;
              if (value > best) best = value;
            }
          if (!s->maximum) best = (sum > 0 ? sum + count / 2 : sum - count / 2) / count; /* halves away from zero */
          *out++ = (int8_t)thimble_clamp(best, s->out_min, s->out_max);
        }
      }
}

typedef struct {
  int32_t batches, in_h, in_w, channels, out_h, out_w;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int32_t maximum; /* 1: maximum, 0: average */
  float out_min, out_max;
} thimble_pool2d_f32_shape;

THIMBLE_KERNEL void thimble_pool2d_f32(const float* in, float* out, const thimble_pool2d_f32_shape* s) {
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_w * s->channels)
    for (int32_t oy = 0; oy < s->out_h; ++oy)
      for (int32_t ox = 0; ox < s->out_w; ++ox) {
        const int32_t y = oy * s->stride_h - s->pad_top, x = ox * s->stride_w - s->pad_left;
        const thimble_taps rows = thimble_taps_inside(y, s->kernel_h, s->dilation_h, s->in_h);
        const thimble_taps columns = thimble_taps_inside(x, s->kernel_w, s->dilation_w, s->in_w);
        const int32_t count = (rows.end - rows.begin) * (columns.end - columns.begin);
        for (int32_t c = 0; c < s->channels; ++c) {
          float sum = 0, best = s->out_min;
          for (int32_t ky = rows.begin; ky < rows.end; ++ky)
            for (int32_t kx = columns.begin; kx < columns.end; ++kx) {
              const float value = in[((y + ky * s->dilation_h) * s->in_w + x + kx * s->dilation_w) * s->channels + c];
              sum += value;
              if (value > best) best = value;
            }
          *out++ = thimble_clampf(s->maximum ? best : sum / (float)count, s->out_min, s->out_max);
        }
      }
}

#endif

/* Float depthwise convolution for cores with an FPU: four pixels times two channels in registers, or four where Helium has floats; one
 * filter per channel.
 *
 * Sums take their taps in the order of the reference, so the results are the reference's to the bit: see conv2d_tile.h. */
#ifndef THIMBLE_DWCONV2D_TILE_H
#define THIMBLE_DWCONV2D_TILE_H

#include "kernels/window2d.h"

#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 2)
#include <arm_mve.h>
#define THIMBLE_DWCONV2D_CHANNELS 4
#else
#define THIMBLE_DWCONV2D_CHANNELS 2
#endif

typedef struct {
  int32_t in_h, in_w, channels, out_h, out_w;
  int32_t kernel_h, kernel_w, stride_h, stride_w, pad_top, pad_left;
  float out_min, out_max;
} thimble_dwconv2d_f32_tile_shape;

/* `pixels` neighbours and `count` channels over taps [rows) x [columns); in and weights stand at the first of these. */
#if THIMBLE_DWCONV2D_CHANNELS == 4
THIMBLE_INLINE void thimble_dwconv2d_tile_f32(const float* in, float* out, const float* weights, const float* bias, int32_t pixels,
                                              int32_t count, int32_t rows, int32_t columns, const thimble_dwconv2d_f32_tile_shape* s) {
  const mve_pred16_t lanes = vctp32q((uint32_t)count);
  float32x4_t sum[4];
#pragma GCC unroll 4
  for (int32_t p = 0; p < 4; ++p) sum[p] = vdupq_n_f32(0);
  for (int32_t y = 0; y < rows; ++y, in += s->in_w * s->channels, weights += s->kernel_w * s->channels) {
#pragma GCC unroll 5
    for (int32_t x = 0; x < columns; ++x) {
      const float* const w = weights + x * s->channels;
      const float32x4_t four = count == 4 ? vldrwq_f32(w) : vldrwq_z_f32(w, lanes);
#pragma GCC unroll 4
      for (int32_t p = 0; p < pixels; ++p) {
        const float* const from = in + (p * s->stride_w + x) * s->channels;
        sum[p] = vaddq_f32(sum[p], vmulq_f32(four, count == 4 ? vldrwq_f32(from) : vldrwq_z_f32(from, lanes)));
      }
    }
  }
  const float32x4_t add = vldrwq_z_f32(bias, lanes), min = vdupq_n_f32(s->out_min), max = vdupq_n_f32(s->out_max);
#pragma GCC unroll 4
  for (int32_t p = 0; p < pixels; ++p) {
    float32x4_t y = vaddq_f32(sum[p], add);
    y = vpselq_f32(min, y, vcmpltq_f32(y, min));
    vstrwq_p_f32(out + p * s->channels, vpselq_f32(max, y, vcmpgtq_f32(y, max)), lanes);
  }
}
#else
THIMBLE_INLINE void thimble_dwconv2d_tile_f32(const float* in, float* out, const float* weights, const float* bias, int32_t pixels,
                                              int32_t count, int32_t rows, int32_t columns, const thimble_dwconv2d_f32_tile_shape* s) {
  float sum[4][2] = {{0}};
  for (int32_t y = 0; y < rows; ++y, in += s->in_w * s->channels, weights += s->kernel_w * s->channels) {
#pragma GCC unroll 5
    for (int32_t x = 0; x < columns; ++x) {
#pragma GCC unroll 2
      for (int32_t c = 0; c < count; ++c) {
        const float weight = thimble_const_f32(weights, x * s->channels + c);
#pragma GCC unroll 4
        for (int32_t p = 0; p < pixels; ++p) sum[p][c] += in[(p * s->stride_w + x) * s->channels + c] * weight;
      }
    }
  }
#pragma GCC unroll 4
  for (int32_t p = 0; p < pixels; ++p) {
#pragma GCC unroll 2
    for (int32_t c = 0; c < count; ++c)
      out[p * s->channels + c] = thimble_clampf(sum[p][c] + thimble_const_f32(bias, c), s->out_min, s->out_max);
  }
}
#endif

/* weights: [row][column][channel]. */
THIMBLE_KERNEL void thimble_dwconv2d_f32_tile(const float* in, float* out, const float* weights, const float* bias,
                                              const thimble_dwconv2d_f32_tile_shape* s) {
  for (int32_t oy = 0; oy < s->out_h; ++oy)
    for (int32_t ox = 0; ox < s->out_w;) {
      const int32_t y = oy * s->stride_h - s->pad_top, x = ox * s->stride_w - s->pad_left;
      const thimble_taps rows = thimble_taps_inside(y, s->kernel_h, 1, s->in_h), columns = thimble_taps_inside(x, s->kernel_w, 1, s->in_w);
      const int whole = ox + 4 <= s->out_w && x >= 0 && x + 3 * s->stride_w + s->kernel_w <= s->in_w;
      const float* from = in + ((y + rows.begin) * s->in_w + x + columns.begin) * s->channels;
      const float* w = weights + (rows.begin * s->kernel_w + columns.begin) * s->channels;
      const int32_t step = THIMBLE_DWCONV2D_CHANNELS;
      int32_t c = 0;
      if (whole)
        for (; c + step <= s->channels; c += step)
          thimble_dwconv2d_tile_f32(from + c, out + c, w + c, bias + c, 4, step, rows.end - rows.begin, s->kernel_w, s);
      else
        for (; c + step <= s->channels; c += step)
          thimble_dwconv2d_tile_f32(from + c, out + c, w + c, bias + c, 1, step, rows.end - rows.begin, columns.end - columns.begin, s);
      if (c < s->channels)
        for (int32_t p = 0; p < (whole ? 4 : 1); ++p)
          thimble_dwconv2d_tile_f32(from + p * s->stride_w * s->channels + c, out + p * s->channels + c, w + c, bias + c, 1,
                                    s->channels - c, rows.end - rows.begin, columns.end - columns.begin, s);
      out += (whole ? 4 : 1) * s->channels;
      ox += whole ? 4 : 1;
    }
}

#endif

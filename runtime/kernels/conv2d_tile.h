/* Float convolution and fully connected layers for cores with an FPU: a tile of pixels times filters in registers, scalar ones or, on cores
 * whose Helium has floats, vectors of four filters (which take numbers below 2^-126 for zero).
 *
 * Every sum takes its taps in the order of the reference, one multiplication and one addition each, so the results are the reference's to
 * the bit. (VFMA would save an instruction, but costs a Cortex-M4 three cycles where VMUL and VADD cost two, and rounds otherwise.)
 *
 * Weights come as [group of `width` filters][row][column][channel][filter of the group], the last group filled up with zeros. */
#ifndef THIMBLE_CONV2D_TILE_H
#define THIMBLE_CONV2D_TILE_H

#include "kernels/window2d.h"

#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 2)
#include <arm_mve.h>
#endif

/* pixels * width is at most 16, pixels at most 4, width 4 or 8. Windows of single pixels come as one long row. */
typedef struct {
  int32_t in_h, in_w, in_c, out_h, out_w, filters;
  int32_t kernel_h, kernel_w, stride_h, stride_w, pad_top, pad_left;
  int32_t pixels, width;
  float out_min, out_max;
} thimble_conv2d_f32_tile_shape;

/* `pixels` neighbours and `width` filters: the taps of `rows` rows, `span` values of each. */
#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 2)
THIMBLE_INLINE void thimble_conv2d_tile_f32(const float* in, float* out, const float* weights, const float* bias, int32_t filter,
                                            int32_t pixels, int32_t rows, int32_t span, const thimble_conv2d_f32_tile_shape* s) {
  const int32_t step = s->stride_w * s->in_c, width = s->width;
  float32x4_t sum[4][2];
#pragma GCC unroll 8
  for (int32_t i = 0; i < 8; ++i) sum[i / 2][i % 2] = vdupq_n_f32(0);
  for (int32_t y = 0; y < rows; ++y, in += s->in_w * s->in_c, weights += width * s->kernel_w * s->in_c) {
    const float *x = in, *w = weights;
    for (int32_t k = 0; k < span; ++k, ++x, w += width) {
#pragma GCC unroll 2
      for (int32_t f = 0; f < width; f += 4) {
        const float32x4_t four = vldrwq_f32(w + f);
#pragma GCC unroll 4
        for (int32_t p = 0; p < pixels; ++p) sum[p][f / 4] = vaddq_f32(sum[p][f / 4], vmulq_n_f32(four, x[p * step]));
      }
    }
  }
#pragma GCC unroll 2
  for (int32_t f = 0; f < width; f += 4) {
    if (filter + f >= s->filters) continue;
    const mve_pred16_t lanes = vctp32q((uint32_t)(s->filters - filter - f));
    const float32x4_t add = vldrwq_z_f32(bias + filter + f, lanes), min = vdupq_n_f32(s->out_min), max = vdupq_n_f32(s->out_max);
#pragma GCC unroll 4
    for (int32_t p = 0; p < pixels; ++p) {
      float32x4_t y = vaddq_f32(sum[p][f / 4], add);
      y = vpselq_f32(min, y, vcmpltq_f32(y, min));
      vstrwq_p_f32(out + p * s->filters + filter + f, vpselq_f32(max, y, vcmpgtq_f32(y, max)), lanes);
    }
  }
}
#else
THIMBLE_INLINE void thimble_conv2d_tile_f32(const float* in, float* out, const float* weights, const float* bias, int32_t filter,
                                            int32_t pixels, int32_t rows, int32_t span, const thimble_conv2d_f32_tile_shape* s) {
  const int32_t step = s->stride_w * s->in_c, width = s->width;
  float sum[4][8] = {{0}};
  for (int32_t y = 0; y < rows; ++y, in += s->in_w * s->in_c, weights += width * s->kernel_w * s->in_c) {
    const float *x = in, *w = weights;
#pragma GCC unroll 2
    for (int32_t k = 0; k < span; ++k, ++x, w += width) {
#pragma GCC unroll 4
      for (int32_t p = 0; p < pixels; ++p) {
        const float value = x[p * step];
#pragma GCC unroll 8
        for (int32_t f = 0; f < width; ++f) sum[p][f] += value * thimble_const_f32(w, f);
      }
    }
  }
#pragma GCC unroll 4
  for (int32_t p = 0; p < pixels; ++p) {
#pragma GCC unroll 8
    for (int32_t f = 0; f < width; ++f)
      if (filter + f < s->filters)
        out[p * s->filters + filter + f] = thimble_clampf(sum[p][f] + thimble_const_f32(bias, filter + f), s->out_min, s->out_max);
  }
}
#endif

/* All filters of `pixels` neighbours whose window begins at (y, x) and holds the same taps of the input. */
THIMBLE_INLINE void thimble_conv2d_tiles_f32(const float* in, float* out, const float* weights, const float* bias, int32_t y, int32_t x,
                                             int32_t pixels, const thimble_conv2d_f32_tile_shape* s) {
  const thimble_taps rows = thimble_taps_inside(y, s->kernel_h, 1, s->in_h), columns = thimble_taps_inside(x, s->kernel_w, 1, s->in_w);
  const int32_t width = s->width, taps = s->kernel_h * s->kernel_w * s->in_c;
  in += ((y + rows.begin) * s->in_w + x + columns.begin) * s->in_c;
  weights += (rows.begin * s->kernel_w + columns.begin) * s->in_c * width;
  for (int32_t f = 0; f < s->filters; f += width, weights += taps * width)
    thimble_conv2d_tile_f32(in, out, weights, bias, f, pixels, rows.end - rows.begin, (columns.end - columns.begin) * s->in_c, s);
}

THIMBLE_KERNEL void thimble_conv2d_f32_tile(const float* in, float* out, const float* weights, const float* bias,
                                            const thimble_conv2d_f32_tile_shape* s) {
  for (int32_t oy = 0; oy < s->out_h; ++oy)
    for (int32_t ox = 0; ox < s->out_w;) {
      const int32_t y = oy * s->stride_h - s->pad_top, x = ox * s->stride_w - s->pad_left;
      const int whole = s->pixels > 1 && ox + s->pixels <= s->out_w && x >= 0 && x + (s->pixels - 1) * s->stride_w + s->kernel_w <= s->in_w;
      const int32_t pixels = whole ? s->pixels : 1;
      if (whole)
        thimble_conv2d_tiles_f32(in, out, weights, bias, y, x, s->pixels, s);
      else
        thimble_conv2d_tiles_f32(in, out, weights, bias, y, x, 1, s);
      out += pixels * s->filters;
      ox += pixels;
    }
}

#endif

/* Float depthwise convolution for cores with a scalar FPU: four pixels times two channels in registers, one filter per channel.
 *
 * Sums take their taps in the order of the reference, so the results are the reference's to the bit: see conv2d_tile.h. */
#ifndef THIMBLE_DWCONV2D_TILE_H
#define THIMBLE_DWCONV2D_TILE_H

#include "kernels/window2d.h"

typedef struct {
  int32_t in_h, in_w, channels, out_h, out_w;
  int32_t kernel_h, kernel_w, stride_h, stride_w, pad_top, pad_left;
  float out_min, out_max;
} thimble_dwconv2d_f32_tile_shape;

/* `pixels` neighbours and `count` (1 or 2) channels over taps [rows) x [columns); in and weights stand at the first of these. */
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
      int32_t c = 0;
      if (whole)
        for (; c + 2 <= s->channels; c += 2)
          thimble_dwconv2d_tile_f32(from + c, out + c, w + c, bias + c, 4, 2, rows.end - rows.begin, s->kernel_w, s);
      else
        for (; c + 2 <= s->channels; c += 2)
          thimble_dwconv2d_tile_f32(from + c, out + c, w + c, bias + c, 1, 2, rows.end - rows.begin, columns.end - columns.begin, s);
      if (s->channels % 2)
        for (int32_t p = 0; p < (whole ? 4 : 1); ++p)
          thimble_dwconv2d_tile_f32(from + p * s->stride_w * s->channels + c, out + p * s->channels + c, w + c, bias + c, 1, 1,
                                    rows.end - rows.begin, columns.end - columns.begin, s);
      out += (whole ? 4 : 1) * s->channels;
      ox += whole ? 4 : 1;
    }
}

#endif

/* int8 convolution for the LX106: tiles of four pixels times two output channels.
 *
 * words, for every two channels: what thimble_dot_lx106 reads, then the words of each that requantise (core/narrow.h). */
#ifndef THIMBLE_CONV2D_LX106_H
#define THIMBLE_CONV2D_LX106_H

#include "core/lx106.h"

/* in_zero: 128 larger, as the inputs are kept. words: that requantise a channel. A pointwise convolution comes as one long row. */
typedef struct {
  int32_t in_h, in_w, in_c, out_w, out_c, pixels; /* of the output */
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int32_t in_zero, pieces, signs, words;
} thimble_conv2d_s8_lx106_shape;

/* Stores every fourth byte, `count` of them; returns `sum` with them added. */
THIMBLE_INLINE int32_t thimble_pack_lx106(uint8_t* to, const int8_t* from, int32_t count, int32_t sum) {
  const uint8_t* const end = to + 4 * count;
#if defined(__GNUC__) && !defined(__clang__) && !defined(THIMBLE_SMALL)
#pragma GCC unroll 4
#endif
  for (; to != end; to += 4, ++from) {
    const int32_t x = (uint8_t)*from ^ 128;
    *to = (uint8_t)x;
    sum += x;
  }
  return sum;
}

THIMBLE_INLINE int32_t thimble_fill_lx106(uint8_t* to, int32_t value, int32_t count, int32_t sum) {
  for (const uint8_t* const end = to + 4 * count; to != end; to += 4) *to = (uint8_t)value;
  return sum + count * value;
}

/* The window whose first tap is (y, x); returns the sum of its taps. */
THIMBLE_INLINE int32_t thimble_window_lx106(uint8_t* to, const int8_t* in, int32_t y, int32_t x, const thimble_conv2d_s8_lx106_shape* s) {
  const int32_t row = s->kernel_w * s->in_c;
  int32_t sum = 0;
  for (int32_t ky = 0; ky < s->kernel_h; ++ky, y += s->dilation_h) {
    const int8_t* from = in + (y * s->in_w + x) * s->in_c;
    const int inside = y >= 0 && y < s->in_h;
    if (inside && x >= 0 && x + (s->kernel_w - 1) * s->dilation_w < s->in_w && (s->dilation_w == 1 || s->kernel_w == 1)) {
      sum = thimble_pack_lx106(to, from, row, sum);
      to += 4 * row;
    } else {
      for (int32_t kx = 0, ix = x; kx < s->kernel_w; ++kx, ix += s->dilation_w, from += s->dilation_w * s->in_c, to += 4 * s->in_c)
        sum = inside && ix >= 0 && ix < s->in_w ? thimble_pack_lx106(to, from, s->in_c, sum)
                                                : thimble_fill_lx106(to, s->in_zero, s->in_c, sum);
    }
  }
  return sum;
}

/* All channels of a tile's pixels, `here` of which count. */
THIMBLE_INLINE void thimble_conv2d_tile_lx106(const uint8_t* taps, const uint8_t* end, const int32_t* words, int32_t* sums, int8_t* out,
                                              int32_t here, const thimble_conv2d_s8_lx106_shape* s) {
  for (int32_t c = 0; c < s->out_c; c += 2) {
    words = thimble_dot_lx106(taps, words, sums, end);
    for (int32_t i = 0; i < 2 && c + i < s->out_c; ++i, words += s->words) {
      const int32_t* const of = sums + 4 + 4 * i;
      int8_t* to = out + c + i;
      for (int32_t p = 0; p < here; ++p, to += s->out_c) *to = thimble_narrow_s8((uint32_t)of[p], words, (int)s->pieces, (int)s->signs);
    }
  }
}

/* scratch: twelve words, then four bytes per tap, of which there are a multiple of four. */
THIMBLE_KERNEL void thimble_conv2d_s8_lx106(const int8_t* in, int8_t* out, const int32_t* words, void* scratch,
                                            const thimble_conv2d_s8_lx106_shape* s) {
  int32_t* const sums = (int32_t*)scratch;
  uint8_t* const taps = (uint8_t*)scratch + 48;
  const int32_t count = s->kernel_h * s->kernel_w * s->in_c, padded = (count + 3) / 4 * 4;
  int32_t oy = 0, ox = 0;
  memset(taps + 4 * count, 0, (size_t)(4 * (padded - count)));
  for (int32_t first = 0; first < s->pixels; first += 4) {
    const int32_t here = s->pixels - first < 4 ? s->pixels - first : 4;
    for (int32_t p = 0; p < here; ++p) {
      sums[p] = -128 * thimble_window_lx106(taps + p, in, oy * s->stride_h - s->pad_top, ox * s->stride_w - s->pad_left, s);
      if (++ox == s->out_w) ox = 0, ++oy;
    }
    thimble_conv2d_tile_lx106(taps, taps + 4 * padded, words, sums, out + first * s->out_c, here, s);
  }
}

#endif

/* Convolution with int8 activations and weights of four bits for the ARM DSP extension, two pixels times two output channels at a time.
 *
 * A byte holds the weights of two channels, 16 a + (b + 8), so that one product makes two: S = 16 A + B', where B' comes from the low
 * nibbles alone and A = (S - B') >> 4, B = B' - 8 X, X being the sum of the window's values.
 *
 * The stream of a pair of channels: for each four taps a word; then, per channel, the bias and what requantises. Taps that fill the last
 * four have weight 0, so what is read there is of no account. */
#ifndef THIMBLE_CONV2D_S8W4_DSP_H
#define THIMBLE_CONV2D_S8W4_DSP_H

#include "core/dsp.h"

/* direct: pixels are read where they lie. fours: groups of four taps. words: of the stream, per channel, after the weights. */
typedef struct {
  int32_t in_h, in_w, out_h, out_w;
  uint16_t batches, in_c, out_c, kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  uint16_t fours, direct, words;
  int16_t in_zero;
  int8_t up, shift, exact, low, high;
} thimble_conv2d_s8w4_dsp_shape;

/* One output from its sum; table: bias, then as thimble_requantize_dsp has them. */
THIMBLE_INLINE int8_t thimble_finish_s8w4_dsp(int32_t sum, const int32_t* table, const thimble_conv2d_s8w4_dsp_shape* s) {
  const int32_t raised = (int32_t)((uint32_t)(sum + table[0]) << s->up), shift = s->shift < 0 ? table[3] : s->shift;
  const int32_t negative = !s->exact ? 0 : s->shift < 0 ? -(1 << (s->up - 1)) : table[3];
  const int32_t high = thimble_smmla((uint32_t)raised, (uint32_t)table[1], table[2]) + (negative & (raised >> 31));
  return (int8_t)thimble_clamp(high >> shift, s->low, s->high);
}

THIMBLE_INLINE int32_t thimble_sum_halves_dsp(const thimble_halves* x, const thimble_halves* end) {
  int32_t sum = 0;
  for (; x != end; ++x) sum = thimble_smlad(*x, 0x10001u, sum);
  return sum;
}

/* All channels of two pixels, or of one (`pixels`), whose windows lie side by side in x; the last pair of channels is moved back where
 * they are odd, and a single channel is a pair of equals. */
THIMBLE_INLINE void thimble_tile_s8w4_dsp(const thimble_halves* x, const int32_t* stream, int8_t* out, int pixels,
                                          const thimble_conv2d_s8w4_dsp_shape* s) {
  const thimble_halves *const second = x + 2 * s->fours, *const end = second + 2 * s->fours;
  const int32_t last = s->out_c - 2, sum0 = 8 * thimble_sum_halves_dsp(x, second);
  const int32_t sum1 = pixels == 2 ? 8 * thimble_sum_halves_dsp(second, end) : 0;
  for (int32_t c = 0; c < s->out_c; c += 2, stream += s->fours + 2 * s->words) {
    const int32_t* w = stream;
    const int32_t* const table = stream + s->fours;
    int8_t* const to = out + (c <= last ? c : last < 0 ? 0 : last);
    int32_t both0 = 0, low0 = 0, both1 = 0, low1 = 0;
    for (const thimble_halves *p = x, *q = second; p != second; p += 2, q += 2) {
      const uint32_t word = (uint32_t)*w++, first = thimble_even_bytes(word), other = thimble_odd_bytes(word);
      const uint32_t low_first = word & 0xf000fu, low_other = (word >> 8) & 0xf000fu;
      both0 = thimble_smlad(p[1], other, thimble_smlad(p[0], first, both0));
      low0 = thimble_smlad(p[1], low_other, thimble_smlad(p[0], low_first, low0));
      if (pixels == 2) {
        both1 = thimble_smlad(q[1], other, thimble_smlad(q[0], first, both1));
        low1 = thimble_smlad(q[1], low_other, thimble_smlad(q[0], low_first, low1));
      }
    }
    to[0] = thimble_finish_s8w4_dsp((both0 - low0) >> 4, table, s);
    to[last >= 0] = thimble_finish_s8w4_dsp(low0 - sum0, table + s->words, s);
    if (pixels == 2) {
      to[s->out_c] = thimble_finish_s8w4_dsp((both1 - low1) >> 4, table, s);
      to[s->out_c + (last >= 0)] = thimble_finish_s8w4_dsp(low1 - sum1, table + s->words, s);
    }
  }
}
THIMBLE_ONCE void thimble_conv2d_s8w4_two_dsp(const thimble_halves* x, const int32_t* stream, int8_t* out,
                                              const thimble_conv2d_s8w4_dsp_shape* s) {
  thimble_tile_s8w4_dsp(x, stream, out, 2, s);
}
THIMBLE_ONCE void thimble_conv2d_s8w4_one_dsp(const thimble_halves* x, const int32_t* stream, int8_t* out,
                                              const thimble_conv2d_s8w4_dsp_shape* s) {
  thimble_tile_s8w4_dsp(x, stream, out, 1, s);
}

/* The bytes of the window whose first tap is (y, x). */
THIMBLE_INLINE void thimble_gather_s8w4_dsp(int8_t* to, const int8_t* in, int32_t y, int32_t x, const thimble_conv2d_s8w4_dsp_shape* s) {
  for (int32_t ky = s->kernel_h; ky > 0; --ky, y += s->dilation_h)
    for (int32_t kx = s->kernel_w, ix = x; kx > 0; --kx, ix += s->dilation_w, to += s->in_c)
      if (y < 0 || y >= s->in_h || ix < 0 || ix >= s->in_w)
        memset(to, s->in_zero, s->in_c);
      else
        memcpy(to, in + (y * s->in_w + ix) * s->in_c, s->in_c);
}

typedef void (*thimble_conv2d_s8w4_tile_dsp)(const thimble_halves* x, const int32_t* stream, int8_t* out,
                                             const thimble_conv2d_s8w4_dsp_shape* s);

/* scratch: two windows of 8 * fours bytes, or one where `two` is NULL; then, unless pixels are read directly, 4 * fours bytes. */
THIMBLE_ONCE void thimble_conv2d_s8w4_dsp(const int8_t* in, int8_t* out, const int32_t* stream, void* scratch,
                                          thimble_conv2d_s8w4_tile_dsp two, thimble_conv2d_s8w4_tile_dsp one,
                                          const thimble_conv2d_s8w4_dsp_shape* s) {
  thimble_halves* const x = (thimble_halves*)scratch;
  int8_t* const patch = (int8_t*)scratch + (two ? 16 : 8) * s->fours;
  const int32_t count = s->out_h * s->out_w;
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_w * s->in_c) {
    int32_t oy = 0, ox = 0;
    for (int32_t done = 0; done < count;) {
      const int32_t pixels = two && done + 2 <= count ? 2 : 1;
      thimble_halves* to = x;
      for (int32_t j = 0; j < pixels; ++j) {
        const int8_t* from = in + (done + j) * s->in_c;
        if (!s->direct) {
          thimble_gather_s8w4_dsp(patch, in, oy * s->stride_h - s->pad_top, ox * s->stride_w - s->pad_left, s);
          from = patch;
          if (++ox == s->out_w) ox = 0, ++oy;
        }
        for (int32_t k = s->fours; k > 0; --k, from += 4, to += 2) {
          const uint32_t word = thimble_load_word(from);
          to[0] = thimble_even_bytes(word);
          to[1] = thimble_odd_bytes(word);
        }
      }
      (pixels == 2 ? two : one)(x, stream, out, s);
      out += pixels * s->out_c;
      done += pixels;
    }
  }
}

#endif

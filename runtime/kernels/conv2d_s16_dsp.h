/* Convolution with int16 activations and int8 weights for the ARM DSP extension, two pixels times two output channels at a time.
 *
 * The stream of a pair of channels: for each four taps a word of weights per channel, its bytes the taps 0, 2, 1, 3, so that SXTB16 makes
 * two pairs of neighbours; then, per channel, the bias, low word first, and what requantises. Narrow sums are those that a layer proves to
 * fit 32 bits: these two words are a multiplier for the high word of a product, and a shift. Wide sums take 64 bits; theirs are those of
 * thimble_wide_s16. */
#ifndef THIMBLE_CONV2D_S16_DSP_H
#define THIMBLE_CONV2D_S16_DSP_H

#include "core/dsp.h"
#include "core/requantize.h"

/* direct: pixels are read where they lie. groups_of_four: of taps. */
typedef struct {
  int32_t in_h, in_w, out_h, out_w;
  uint16_t batches, in_c, out_c, kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  uint16_t fours, direct;
  int16_t low, high;
} thimble_conv2d_s16_dsp_shape;

typedef void (*thimble_conv2d_s16_tile_dsp)(const thimble_halves* x, int32_t apart, const int32_t* stream, int16_t* out,
                                            const thimble_conv2d_s16_dsp_shape* s);

THIMBLE_INLINE int16_t thimble_narrow_s16_dsp(int32_t sum, const int32_t* table, const thimble_conv2d_s16_dsp_shape* s) {
  return (int16_t)thimble_clamp(thimble_smmla((uint32_t)sum, (uint32_t)table[2], 1 << (table[3] - 1)) >> table[3], s->low, s->high);
}

/* All channels of one pixel, or of two that lie `apart` words from each other; the last pair of channels is moved back where they are odd,
 * and a single channel is a pair of equals. */
#define THIMBLE_CONV2D_S16_TILE_DSP(name, pixels, sum_type, accumulate, start, finish)                \
  THIMBLE_ONCE void name(const thimble_halves* x, int32_t apart, const int32_t* stream, int16_t* out, \
                         const thimble_conv2d_s16_dsp_shape* s) {                                     \
    const int32_t last = s->out_c - 2;                                                                \
    for (int32_t c = 0; c < s->out_c; c += 2, stream += 8) {                                          \
      const int32_t* const table = stream + 2 * s->fours;                                             \
      const thimble_halves *p = x, *q = x + apart;                                                    \
      int16_t* const to = out + (c <= last ? c : last < 0 ? 0 : last);                                \
      sum_type a0 = start(table), b0 = start(table + 4), a1 = a0, b1 = b0;                            \
      for (; stream != table; stream += 2, p += 2) {                                                  \
        const uint32_t a = (uint32_t)stream[0], b = (uint32_t)stream[1];                              \
        const uint32_t a_first = thimble_even_bytes(a), a_second = thimble_odd_bytes(a);              \
        const uint32_t b_first = thimble_even_bytes(b), b_second = thimble_odd_bytes(b);              \
        a0 = accumulate(p[1], a_second, accumulate(p[0], a_first, a0));                               \
        b0 = accumulate(p[1], b_second, accumulate(p[0], b_first, b0));                               \
        if (pixels == 2) {                                                                            \
          a1 = accumulate(q[1], a_second, accumulate(q[0], a_first, a1));                             \
          b1 = accumulate(q[1], b_second, accumulate(q[0], b_first, b1));                             \
          q += 2;                                                                                     \
        }                                                                                             \
      }                                                                                               \
      to[0] = finish(a0, table, s);                                                                   \
      to[last >= 0] = finish(b0, table + 4, s);                                                       \
      if (pixels == 2) {                                                                              \
        to[s->out_c] = finish(a1, table, s);                                                          \
        to[s->out_c + (last >= 0)] = finish(b1, table + 4, s);                                        \
      }                                                                                               \
    }                                                                                                 \
  }
#define THIMBLE_NARROW_START_DSP(table) (table)[0]
#define THIMBLE_WIDE_START_DSP(table) thimble_wide_bias(table, 0)
#define THIMBLE_WIDE_FINISH_DSP(sum, table, s) thimble_wide_s16(sum, table, 0, (s)->low, (s)->high)
THIMBLE_CONV2D_S16_TILE_DSP(thimble_conv2d_s16_two_narrow_dsp, 2, int32_t, thimble_smlad, THIMBLE_NARROW_START_DSP, thimble_narrow_s16_dsp)
THIMBLE_CONV2D_S16_TILE_DSP(thimble_conv2d_s16_one_narrow_dsp, 1, int32_t, thimble_smlad, THIMBLE_NARROW_START_DSP, thimble_narrow_s16_dsp)
THIMBLE_CONV2D_S16_TILE_DSP(thimble_conv2d_s16_two_wide_dsp, 2, int64_t, thimble_smlald, THIMBLE_WIDE_START_DSP, THIMBLE_WIDE_FINISH_DSP)
THIMBLE_CONV2D_S16_TILE_DSP(thimble_conv2d_s16_one_wide_dsp, 1, int64_t, thimble_smlald, THIMBLE_WIDE_START_DSP, THIMBLE_WIDE_FINISH_DSP)

/* The window whose first tap is (y, x), zeros where it lies outside. */
THIMBLE_INLINE void thimble_gather_s16_dsp(int16_t* to, const int16_t* in, int32_t y, int32_t x, const thimble_conv2d_s16_dsp_shape* s) {
  const int32_t row = s->kernel_w * s->in_c;
  const int whole = s->dilation_w == 1 && x >= 0 && x + s->kernel_w <= s->in_w;
  for (int32_t ky = s->kernel_h; ky > 0; --ky, y += s->dilation_h) {
    const int16_t* const from = in + (y * s->in_w + x) * s->in_c;
    if (y < 0 || y >= s->in_h) {
      memset(to, 0, (size_t)(2 * row));
    } else if (whole) {
      memcpy(to, from, (size_t)(2 * row));
    } else {
      for (int32_t kx = 0, ix = x; kx < s->kernel_w; ++kx, ix += s->dilation_w)
        if (ix < 0 || ix >= s->in_w)
          memset(to + kx * s->in_c, 0, (size_t)(2 * s->in_c));
        else
          memcpy(to + kx * s->in_c, from + kx * s->dilation_w * s->in_c, (size_t)(2 * s->in_c));
    }
    to += row;
  }
}

/* scratch: two windows of 8 * fours bytes, unless pixels are read directly. The taps that fill the last four have weight 0. */
THIMBLE_ONCE void thimble_conv2d_s16_dsp(const int16_t* in, int16_t* out, const int32_t* stream, void* scratch,
                                         thimble_conv2d_s16_tile_dsp two, thimble_conv2d_s16_tile_dsp one,
                                         const thimble_conv2d_s16_dsp_shape* s) {
  const int32_t count = s->out_h * s->out_w, words = 2 * s->fours;
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_w * s->in_c) {
    int32_t oy = 0, ox = 0;
    for (int32_t done = 0; done < count;) {
      const int32_t pixels = two && done + 2 <= count ? 2 : 1;
      const thimble_halves* x = (const thimble_halves*)scratch;
      if (s->direct) {
        x = (const thimble_halves*)(const void*)(in + done * s->in_c);
      } else {
        for (int32_t j = 0; j < pixels; ++j) {
          thimble_gather_s16_dsp((int16_t*)scratch + 2 * j * words, in, oy * s->stride_h - s->pad_top, ox * s->stride_w - s->pad_left, s);
          if (++ox == s->out_w) ox = 0, ++oy;
        }
      }
      (pixels == 2 ? two : one)(x, words, stream, out, s);
      out += pixels * s->out_c;
      done += pixels;
    }
  }
}

#endif

/* int8 depthwise convolution with vectors of channels, one filter per channel.
 *
 * The rows under the window lie in a ring, widened and with the padding around them, so that no window is clipped. Along a row of stride 1
 * channels and columns are one long line, whatever the number of channels: vector v of the line has the weights of block v % blocks. With
 * another stride each pixel has its own vectors, the last one with the channels that are left. */
#ifndef THIMBLE_DWCONV2D_SIMD_H
#define THIMBLE_DWCONV2D_SIMD_H

#include "core/simd.h"

#define THIMBLE_DWCONV2D_SIMD_ROWS 16

/* A row of the ring has `pitch` samples: `left` of padding, `middle` of the input, `right` of padding. A tap is `tap_step` samples from
 * the one before it. Every block of weights serves `steps` vectors, `in_step` samples and `out_step` outputs apart; the vectors of the last
 * block have `last_channels` channels. The line ends after `line` outputs. */
typedef struct {
  int32_t batches, in_h, in_row, out_h, out_row;
  int32_t kernel_h, kernel_w, stride_h, dilation_h, pad_top, in_zero;
  int32_t left, middle, right, pitch, ring;
  int32_t tap_step, blocks, steps, in_step, out_step, last_channels, line;
  thimble_scaling scaling;
} thimble_dwconv2d_s8_simd_shape;

THIMBLE_INLINE void thimble_dwconv2d_fill_simd(thimble_sample* to, int32_t n, const thimble_dwconv2d_s8_simd_shape* s) {
  for (int32_t i = 0; i < n; i += THIMBLE_SAMPLE_CHUNK) thimble_fill_samples(to + i, s->in_zero);
}

/* Row `y` of the padded input. */
THIMBLE_INLINE void thimble_dwconv2d_row_simd(thimble_sample* to, const int8_t* in, int32_t y, const thimble_dwconv2d_s8_simd_shape* s) {
  const int8_t* const from = in + (y - s->pad_top) * s->in_row;
  int32_t i = 0;
  if (y < s->pad_top || y >= s->pad_top + s->in_h) {
    thimble_dwconv2d_fill_simd(to, s->left + s->middle + s->right, s);
    return;
  }
  thimble_dwconv2d_fill_simd(to, s->left, s);
  to += s->left;
  for (; i + THIMBLE_SAMPLE_CHUNK <= s->middle; i += THIMBLE_SAMPLE_CHUNK) thimble_sample_chunk(to + i, from + i);
  if (i < s->middle) thimble_sample_some(to + i, from + i, s->middle - i);
  thimble_dwconv2d_fill_simd(to + s->middle, s->right, s);
}

/* `count` channels whose first taps lie at `at` of the rows. */
THIMBLE_INLINE void thimble_dwconv2d_vector_simd(const thimble_sample* const* rows, int32_t at, const thimble_factor* weights,
                                                 const int32_t* words, int8_t* out, int32_t count,
                                                 const thimble_dwconv2d_s8_simd_shape* s) {
  const int32_t step = (1 + thimble_scaling_words(&s->scaling)) * THIMBLE_LANES, taps = s->kernel_h * s->kernel_w;
  thimble_wide sum;
  THIMBLE_UNROLLED
  for (int part = 0; part < THIMBLE_PARTS; ++part) sum.part[part] = thimble_load_lanes(words + part * step);
#define THIMBLE_TAP(t) rows[(t) / s->kernel_w] + at + (t) % s->kernel_w * s->tap_step, weights + (t)*THIMBLE_CHANNELS
  THIMBLE_UNROLLED
  for (int32_t t = 0; t < taps; t += 4) {
    thimble_products a = thimble_multiply(THIMBLE_TAP(t));
    if (t + 1 < taps) a = thimble_multiply_more(a, THIMBLE_TAP(t + 1));
    if (t + 3 < taps)
      sum = thimble_add_wide2(sum, a, thimble_multiply_more(thimble_multiply(THIMBLE_TAP(t + 2)), THIMBLE_TAP(t + 3)));
    else if (t + 2 < taps)
      sum = thimble_add_wide2(sum, a, thimble_multiply(THIMBLE_TAP(t + 2)));
    else
      sum = thimble_add_wide(sum, a);
  }
#undef THIMBLE_TAP
  thimble_finish_wide(out, sum, words, count, &s->scaling);
}

THIMBLE_INLINE void thimble_dwconv2d_line_simd(const thimble_sample* const* rows, const thimble_factor* weights, const int32_t* words,
                                               int8_t* out, const thimble_dwconv2d_s8_simd_shape* s) {
  const int32_t block_words = (1 + thimble_scaling_words(&s->scaling)) * THIMBLE_LANES * THIMBLE_PARTS;
  const int32_t rest = s->line % THIMBLE_CHANNELS; /* of a long line; its last vector is not whole */
  for (int32_t b = 0; b < s->blocks; ++b, weights += s->kernel_h * s->kernel_w * THIMBLE_CHANNELS, words += block_words) {
    const int32_t first = b * THIMBLE_CHANNELS;
    int32_t j = 0;
    if (b + 1 == s->blocks && s->last_channels < THIMBLE_CHANNELS) {
      for (; j < s->steps; ++j)
        thimble_dwconv2d_vector_simd(rows, first + j * s->in_step, weights, words, out + first + j * s->out_step, s->last_channels, s);
      continue;
    }
    for (; j < s->steps && first + j * s->out_step + THIMBLE_CHANNELS <= s->line; ++j)
      thimble_dwconv2d_vector_simd(rows, first + j * s->in_step, weights, words, out + first + j * s->out_step, THIMBLE_CHANNELS, s);
    if (rest > 0 && first + j * s->out_step == s->line - rest)
      thimble_dwconv2d_vector_simd(rows, first + j * s->in_step, weights, words, out + s->line - rest, rest, s);
  }
}

/* scratch: the ring. */
THIMBLE_KERNEL void thimble_dwconv2d_s8_simd(const int8_t* in, int8_t* out, const thimble_factor* weights, const int32_t* words,
                                             void* scratch, const thimble_dwconv2d_s8_simd_shape* s) {
  thimble_sample* const ring = (thimble_sample*)scratch;
  const int32_t reach = (s->kernel_h - 1) * s->dilation_h + 1;
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_row, out += s->out_h * s->out_row) {
    int32_t next = 0; /* the first row that is not in the ring */
    for (int32_t oy = 0; oy < s->out_h; ++oy) {
      const thimble_sample* rows[THIMBLE_DWCONV2D_SIMD_ROWS];
      const int32_t first = oy * s->stride_h;
      if (next < first) next = first; /* the stride may step over rows */
      for (; next < first + reach; ++next) thimble_dwconv2d_row_simd(ring + next % s->ring * s->pitch, in, next, s);
      THIMBLE_UNROLLED
      for (int32_t ky = 0; ky < s->kernel_h; ++ky) rows[ky] = ring + (first + ky * s->dilation_h) % s->ring * s->pitch;
      thimble_dwconv2d_line_simd(rows, weights, words, out + oy * s->out_row, s);
    }
  }
}

#endif

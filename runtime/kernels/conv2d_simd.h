/* int8 convolution and fully connected layers with vectors: a tile of pixels times vectors of output channels.
 *
 * Each lane of a vector sums one output channel. A group of widened taps is spread over all lanes and multiplied with as many weights per
 * lane, so no sum is ever taken across lanes. Windows of single pixels are widened tile by tile; for others the rows under the window lie
 * widened in a ring, with the padding around them, so that each input is widened once. `weights` holds, block by block of `vectors`
 * vectors, [row][run][group][vector][lane][tap of the group]; `words` holds per vector the biases, then what requantises. */
#ifndef THIMBLE_CONV2D_SIMD_H
#define THIMBLE_CONV2D_SIMD_H

#include "core/simd.h"

#define THIMBLE_CONV2D_S8_SIMD_ROWS 16

/* `pixels` of a tile, `vectors` of a block, `blocks` of them whole; then a block of `rest` vectors, whose last one has `rest_lanes`
 * channels. A window is `rows` rows of `runs` runs, `run_step` taps apart, of `groups` groups; pixels lie `pixel_step` taps apart. The ring
 * has `ring` rows of `pitch` taps and one of padding; 0: tiles are gathered, and a pointwise convolution comes as one long row. */
typedef struct {
  int32_t batches, in_h, in_row, in_c, out_h, out_w, out_c;
  int32_t stride_h, dilation_h, pad_top, in_zero;
  int32_t rows, runs, run_step, groups, pixel_step;
  int32_t ring, pitch, left, right;
  int32_t pixels, vectors, blocks, rest, rest_lanes;
  thimble_scaling scaling;
} thimble_conv2d_s8_simd_shape;

/* `pixels` times `vectors`, at most 8 times 4; the last vector has `last` channels. */
THIMBLE_INLINE void thimble_conv2d_block_simd(const thimble_tap* const* rows, int32_t at, const int8_t* weights, const int32_t* words,
                                              int8_t* out, int32_t vectors, int32_t last, const thimble_conv2d_s8_simd_shape* s) {
  const int32_t step = (1 + thimble_scaling_words(&s->scaling)) * THIMBLE_LANES;
  thimble_lanes sum[8][4];
#define THIMBLE_BEGIN(p, v) sum[p][v] = thimble_load_lanes(words + (v < vectors ? v : 0) * step);
#define THIMBLE_BEGIN_PIXEL(p) THIMBLE_EACH_VECTOR(THIMBLE_BEGIN, p)
  THIMBLE_EACH_PIXEL(THIMBLE_BEGIN_PIXEL)
#define THIMBLE_WEIGHTS(p, v) w[v] = thimble_load_weights(weights + (v < vectors ? v : 0) * THIMBLE_LANES * THIMBLE_GROUP);
#define THIMBLE_DOT(p, v) \
  if (v < vectors) sum[p][v] = thimble_dot(sum[p][v], w[v], x);
#define THIMBLE_DOT_PIXEL(p)                                              \
  if (p < s->pixels) {                                                    \
    const thimble_group x = thimble_load_group(taps + p * s->pixel_step); \
    THIMBLE_EACH_VECTOR(THIMBLE_DOT, p)                                   \
  }
  for (int32_t row = 0; row < s->rows; ++row)
    for (int32_t run = 0; run < s->runs; ++run) {
      const thimble_tap* taps = rows[row] + at + run * s->run_step;
      for (int32_t g = 0; g < s->groups; ++g, taps += THIMBLE_GROUP, weights += vectors * THIMBLE_LANES * THIMBLE_GROUP) {
        thimble_weights w[4];
        THIMBLE_EACH_VECTOR(THIMBLE_WEIGHTS, 0)
        THIMBLE_EACH_PIXEL(THIMBLE_DOT_PIXEL)
      }
    }
#define THIMBLE_FINISH(p, v)                                                                            \
  if (v < vectors)                                                                                      \
    thimble_store_scaled(out + p * s->out_c + v * THIMBLE_LANES,                                        \
                         thimble_scale_lanes(sum[p][v], words + v * step + THIMBLE_LANES, &s->scaling), \
                         v + 1 < vectors ? THIMBLE_LANES : last, &s->scaling);
#define THIMBLE_FINISH_PIXEL(p)            \
  if (p < s->pixels) {                     \
    THIMBLE_EACH_VECTOR(THIMBLE_FINISH, p) \
  }
  THIMBLE_EACH_PIXEL(THIMBLE_FINISH_PIXEL)
#undef THIMBLE_BEGIN
#undef THIMBLE_BEGIN_PIXEL
#undef THIMBLE_WEIGHTS
#undef THIMBLE_DOT
#undef THIMBLE_DOT_PIXEL
#undef THIMBLE_FINISH
#undef THIMBLE_FINISH_PIXEL
}

/* All channels of a tile. */
THIMBLE_INLINE void thimble_conv2d_tile_simd(const thimble_tap* const* rows, int32_t at, const int8_t* weights, const int32_t* words,
                                             int8_t* out, const thimble_conv2d_s8_simd_shape* s) {
  const int32_t step = (1 + thimble_scaling_words(&s->scaling)) * THIMBLE_LANES, channels = s->vectors * THIMBLE_LANES;
  for (int32_t b = 0; b < s->blocks; ++b) {
    thimble_conv2d_block_simd(rows, at, weights, words, out, s->vectors, THIMBLE_LANES, s);
    weights += s->rows * s->runs * s->groups * channels * THIMBLE_GROUP;
    words += s->vectors * step;
    out += channels;
  }
  if (s->rest > 0) thimble_conv2d_block_simd(rows, at, weights, words, out, s->rest, s->rest_lanes, s);
}

/* The last tile of a row overlaps the one before it where the pixels are no multiple. */
THIMBLE_INLINE int32_t thimble_conv2d_first_simd(int32_t done, const thimble_conv2d_s8_simd_shape* s) {
  return done + s->pixels > s->out_w ? s->out_w - s->pixels : done;
}

/* Windows of one pixel, in one long row. */
THIMBLE_INLINE void thimble_conv2d_pixels_simd(const int8_t* in, int8_t* out, const int8_t* weights, const int32_t* words,
                                               thimble_tap* taps, const thimble_conv2d_s8_simd_shape* s) {
  for (int32_t done = 0; done < s->out_w; done += s->pixels) {
    const int32_t first = thimble_conv2d_first_simd(done, s);
    const thimble_tap* const rows[1] = {taps};
    for (int32_t p = 0; p < s->pixels; ++p) thimble_widen_taps(taps + p * s->pixel_step, in + (first + p) * s->in_c, s->in_c);
    thimble_conv2d_tile_simd(rows, 0, weights, words, out + first * s->out_c, s);
  }
}

/* Row y of the input with the padding around it. Whole chunks are written, so from left to right. */
THIMBLE_INLINE void thimble_conv2d_row_simd(thimble_tap* to, const int8_t* in, int32_t y, const thimble_conv2d_s8_simd_shape* s) {
  thimble_fill_taps(to, s->in_zero, s->left);
  thimble_widen_taps(to + s->left, in + y * s->in_row, s->in_row);
  thimble_fill_taps(to + s->left + s->in_row, s->in_zero, s->right);
}

/* scratch: the taps of a tile and room for a chunk, or the ring. */
THIMBLE_KERNEL void thimble_conv2d_s8_simd(const int8_t* in, int8_t* out, const int8_t* weights, const int32_t* words, void* scratch,
                                           const thimble_conv2d_s8_simd_shape* s) {
  thimble_tap* const ring = (thimble_tap*)scratch;
  thimble_tap* const padding = ring + s->ring * s->pitch;
  if (s->ring == 0) {
    thimble_conv2d_pixels_simd(in, out, weights, words, ring, s);
    return;
  }
  thimble_fill_taps(padding, s->in_zero, s->left + s->in_row + s->right);
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_row) {
    int32_t next = 0; /* the first row that is not in the ring */
    for (int32_t oy = 0; oy < s->out_h; ++oy, out += s->out_w * s->out_c) {
      const thimble_tap* rows[THIMBLE_CONV2D_S8_SIMD_ROWS];
      const int32_t y = oy * s->stride_h - s->pad_top, last = y + (s->rows - 1) * s->dilation_h;
      if (next < y) next = y; /* the stride may step over rows */
      for (; next <= last && next < s->in_h; ++next) thimble_conv2d_row_simd(ring + next % s->ring * s->pitch, in, next, s);
      for (int32_t ky = 0; ky < s->rows; ++ky) {
        const int32_t iy = y + ky * s->dilation_h;
        rows[ky] = iy >= 0 && iy < s->in_h ? ring + iy % s->ring * s->pitch : padding;
      }
      for (int32_t done = 0; done < s->out_w; done += s->pixels) {
        const int32_t first = thimble_conv2d_first_simd(done, s);
        thimble_conv2d_tile_simd(rows, first * s->pixel_step, weights, words, out + first * s->out_c, s);
      }
    }
  }
}

#endif

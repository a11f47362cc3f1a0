/* int8 convolution and fully connected layers with vectors: a tile of pixels times vectors of output channels.
 *
 * Each lane of a vector sums one output channel. The taps of a tile are gathered and widened beforehand; a group of them is spread over
 * all lanes and multiplied with as many weights per lane, so no sum is ever taken across lanes. `weights` holds, block by block of
 * `vectors` vectors, [group][vector][lane][tap of the group]; `words` holds per vector the biases, then what requantises. */
#ifndef THIMBLE_CONV2D_SIMD_H
#define THIMBLE_CONV2D_SIMD_H

#include "core/simd.h"

/* `pixels` of a tile, `vectors` of a block, `blocks` of them whole; then a block of `rest` vectors, whose last one has `rest_lanes`
 * channels. `groups` per window; `pitch`: taps from one pixel of the tile to the next. A pointwise convolution comes as one long row. */
typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left, in_zero;
  int32_t pixels, vectors, blocks, rest, rest_lanes, groups, pitch;
  thimble_scaling scaling;
} thimble_conv2d_s8_simd_shape;

/* The window of one output pixel. */
THIMBLE_INLINE void thimble_conv2d_gather_simd(thimble_tap* to, const int8_t* in, int32_t oy, int32_t ox,
                                               const thimble_conv2d_s8_simd_shape* s) {
  const int32_t y = oy * s->stride_h - s->pad_top, x = ox * s->stride_w - s->pad_left, row_taps = s->kernel_w * s->in_c;
  const int inside = x >= 0 && x + (s->kernel_w - 1) * s->dilation_w < s->in_w;
  for (int32_t ky = 0; ky < s->kernel_h; ++ky, to += row_taps) {
    const int32_t iy = y + ky * s->dilation_h;
    const int8_t* const row = in + iy * s->in_w * s->in_c;
    if (iy < 0 || iy >= s->in_h)
      thimble_fill_taps(to, s->in_zero, row_taps);
    else if (inside && s->dilation_w == 1)
      thimble_widen_taps(to, row + x * s->in_c, row_taps);
    else
      for (int32_t kx = 0; kx < s->kernel_w; ++kx) {
        const int32_t ix = x + kx * s->dilation_w;
        if (ix >= 0 && ix < s->in_w)
          thimble_widen_taps(to + kx * s->in_c, row + ix * s->in_c, s->in_c);
        else
          thimble_fill_taps(to + kx * s->in_c, s->in_zero, s->in_c);
      }
  }
}

/* `pixels` times `vectors`, at most 8 times 4; the last vector has `last` channels. */
THIMBLE_INLINE void thimble_conv2d_block_simd(const thimble_tap* taps, const int8_t* weights, const int32_t* words, int8_t* out,
                                              int32_t vectors, int32_t last, const thimble_conv2d_s8_simd_shape* s) {
  const int32_t step = (1 + thimble_scaling_words(&s->scaling)) * THIMBLE_LANES;
  thimble_lanes sum[8][4];
#define THIMBLE_BEGIN(p, v) sum[p][v] = thimble_load_lanes(words + (v < vectors ? v : 0) * step);
#define THIMBLE_BEGIN_PIXEL(p) THIMBLE_EACH_VECTOR(THIMBLE_BEGIN, p)
  THIMBLE_EACH_PIXEL(THIMBLE_BEGIN_PIXEL)
  for (int32_t g = 0; g < s->groups; ++g, taps += THIMBLE_GROUP) {
    thimble_weights w[4];
#define THIMBLE_WEIGHTS(p, v) w[v] = thimble_load_weights(weights + (v < vectors ? v : 0) * THIMBLE_LANES * THIMBLE_GROUP);
    THIMBLE_EACH_VECTOR(THIMBLE_WEIGHTS, 0)
    weights += vectors * THIMBLE_LANES * THIMBLE_GROUP;
#define THIMBLE_DOT(p, v) \
  if (v < vectors) sum[p][v] = thimble_dot(sum[p][v], w[v], x);
#define THIMBLE_DOT_PIXEL(p)                                         \
  if (p < s->pixels) {                                               \
    const thimble_group x = thimble_load_group(taps + p * s->pitch); \
    THIMBLE_EACH_VECTOR(THIMBLE_DOT, p)                              \
  }
    THIMBLE_EACH_PIXEL(THIMBLE_DOT_PIXEL)
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
THIMBLE_INLINE void thimble_conv2d_tile_simd(const thimble_tap* taps, const int8_t* weights, const int32_t* words, int8_t* out,
                                             const thimble_conv2d_s8_simd_shape* s) {
  const int32_t step = (1 + thimble_scaling_words(&s->scaling)) * THIMBLE_LANES, channels = s->vectors * THIMBLE_LANES;
  for (int32_t b = 0; b < s->blocks; ++b) {
    thimble_conv2d_block_simd(taps, weights, words, out, s->vectors, THIMBLE_LANES, s);
    weights += s->groups * channels * THIMBLE_GROUP;
    words += s->vectors * step;
    out += channels;
  }
  if (s->rest > 0) thimble_conv2d_block_simd(taps, weights, words, out, s->rest, s->rest_lanes, s);
}

/* scratch: the taps of a tile and room for a chunk. The last tile overlaps the one before it where the pixels are no multiple. */
THIMBLE_KERNEL void thimble_conv2d_s8_simd(const int8_t* in, int8_t* out, const int8_t* weights, const int32_t* words, void* scratch,
                                           const thimble_conv2d_s8_simd_shape* s) {
  thimble_tap* const taps = (thimble_tap*)scratch;
  const int32_t count = s->out_h * s->out_w;
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_w * s->in_c, out += count * s->out_c)
    for (int32_t done = 0; done < count; done += s->pixels) {
      const int32_t first = done + s->pixels > count ? count - s->pixels : done;
      for (int32_t p = 0; p < s->pixels; ++p)
        thimble_conv2d_gather_simd(taps + p * s->pitch, in, (first + p) / s->out_w, (first + p) % s->out_w, s);
      thimble_conv2d_tile_simd(taps, weights, words, out + first * s->out_c, s);
    }
}

#endif

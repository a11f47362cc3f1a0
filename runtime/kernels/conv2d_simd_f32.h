/* Float convolution and fully connected layers with vectors: a tile of pixels times vectors of output channels, one tap after the other.
 *
 * Taps are read where they lie. Where a window reaches over the left or right edge, the rows under it lie in a ring with zeros around
 * them; rows above and below the input are left out. `weights` holds, block by block of `vectors` vectors, [row][column][channel][lane];
 * `bias` the lanes of all vectors. */
#ifndef THIMBLE_CONV2D_SIMD_F32_H
#define THIMBLE_CONV2D_SIMD_F32_H

#include "core/simd.h"
#include "kernels/window2d.h"

#define THIMBLE_CONV2D_SIMD_ROWS 16

/* `pixels`, `vectors`, `blocks`, `rest`, `rest_lanes` as in conv2d_simd.h. A row of the window is `runs` runs of `span` neighbouring taps,
 * `run_step` apart. The ring has `ring` rows of `pitch` floats, of which `left` are padding; 0: none is needed. */
typedef struct {
  int32_t batches, in_h, in_row, out_h, out_w, out_c;
  int32_t kernel_h, stride_h, dilation_h, pad_top;
  int32_t pixels, vectors, blocks, rest, rest_lanes, runs, span, run_step, pixel_step;
  int32_t ring, left, pitch;
  int32_t fused; /* a tap is one rounding; 0: two, and the sum is the reference's to the bit */
  float out_min, out_max;
} thimble_conv2d_f32_simd_shape;

/* The taps of rows first to last - 1 of the window; the last vector has `lanes` channels. */
THIMBLE_INLINE void thimble_conv2d_block_f32_simd(const float* const* rows, int32_t at, thimble_taps inside, const float* weights,
                                                  const float* bias, float* out, int32_t vectors, int32_t lanes,
                                                  const thimble_conv2d_f32_simd_shape* s) {
  thimble_reals sum[8][4];
#define THIMBLE_BEGIN(p, v) sum[p][v] = thimble_splat_real(0);
#define THIMBLE_BEGIN_PIXEL(p) THIMBLE_EACH_VECTOR(THIMBLE_BEGIN, p)
  THIMBLE_EACH_PIXEL(THIMBLE_BEGIN_PIXEL)
  weights += inside.begin * s->runs * s->span * vectors * THIMBLE_LANES;
  for (int32_t y = inside.begin; y < inside.end; ++y)
    for (int32_t run = 0; run < s->runs; ++run) {
      const float* x = rows[y] + at + run * s->run_step;
#define THIMBLE_WEIGHTS(p, v) w[v] = thimble_load_reals(weights + (v < vectors ? v : 0) * THIMBLE_LANES);
#define THIMBLE_TAP(p, v) \
  if (v < vectors)        \
    sum[p][v] = s->fused ? thimble_multiply_add(sum[p][v], tap, w[v]) : thimble_add_reals(sum[p][v], thimble_multiply_reals(tap, w[v]));
#define THIMBLE_TAP_PIXEL(p)                                            \
  if (p < s->pixels) {                                                  \
    const thimble_reals tap = thimble_splat_real(x[p * s->pixel_step]); \
    THIMBLE_EACH_VECTOR(THIMBLE_TAP, p)                                 \
  }
      for (int32_t k = 0; k < s->span; ++k, ++x, weights += vectors * THIMBLE_LANES) {
        thimble_reals w[4];
        THIMBLE_EACH_VECTOR(THIMBLE_WEIGHTS, 0)
        THIMBLE_EACH_PIXEL(THIMBLE_TAP_PIXEL)
      }
    }
#define THIMBLE_FINISH(p, v)                                                                                              \
  if (v < vectors)                                                                                                        \
    thimble_store_clamped(out + p * s->out_c + v * THIMBLE_LANES,                                                         \
                          thimble_add_reals(sum[p][v], thimble_load_reals(bias + (v < vectors ? v : 0) * THIMBLE_LANES)), \
                          v + 1 < vectors ? THIMBLE_LANES : lanes, s->out_min, s->out_max);
#define THIMBLE_FINISH_PIXEL(p)            \
  if (p < s->pixels) {                     \
    THIMBLE_EACH_VECTOR(THIMBLE_FINISH, p) \
  }
  THIMBLE_EACH_PIXEL(THIMBLE_FINISH_PIXEL)
#undef THIMBLE_BEGIN
#undef THIMBLE_BEGIN_PIXEL
#undef THIMBLE_WEIGHTS
#undef THIMBLE_TAP
#undef THIMBLE_TAP_PIXEL
#undef THIMBLE_FINISH
#undef THIMBLE_FINISH_PIXEL
}

/* All channels of a tile. */
THIMBLE_INLINE void thimble_conv2d_tile_f32_simd(const float* const* rows, int32_t at, thimble_taps inside, const float* weights,
                                                 const float* bias, float* out, const thimble_conv2d_f32_simd_shape* s) {
  const int32_t channels = s->vectors * THIMBLE_LANES, taps = s->kernel_h * s->runs * s->span;
  for (int32_t b = 0; b < s->blocks; ++b, weights += taps * channels, bias += channels, out += channels)
    thimble_conv2d_block_f32_simd(rows, at, inside, weights, bias, out, s->vectors, THIMBLE_LANES, s);
  if (s->rest > 0) thimble_conv2d_block_f32_simd(rows, at, inside, weights, bias, out, s->rest, s->rest_lanes, s);
}

/* Where row y of the input is to be read: in the ring, if there is one. */
THIMBLE_INLINE const float* thimble_conv2d_row_f32_simd(const float* in, float* ring, int32_t y, const thimble_conv2d_f32_simd_shape* s) {
  return s->ring > 0 ? ring + y % s->ring * s->pitch : in + y * s->in_row;
}

/* scratch: the ring. The last tile of a row overlaps the one before it where the pixels are no multiple. */
THIMBLE_KERNEL void thimble_conv2d_f32_simd(const float* in, float* out, const float* weights, const float* bias, void* scratch,
                                            const thimble_conv2d_f32_simd_shape* s) {
  float* const ring = (float*)scratch;
  for (int32_t i = 0; i < s->ring * s->pitch; ++i) ring[i] = 0;
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_row) {
    int32_t next = 0; /* the first row that is not in the ring */
    for (int32_t oy = 0; oy < s->out_h; ++oy, out += s->out_w * s->out_c) {
      const float* rows[THIMBLE_CONV2D_SIMD_ROWS];
      const int32_t y = oy * s->stride_h - s->pad_top;
      const thimble_taps inside = thimble_taps_inside(y, s->kernel_h, s->dilation_h, s->in_h);
      const int32_t end = y + (inside.end - 1) * s->dilation_h + 1;
      if (next < y) next = y; /* the stride may step over rows */
      for (; s->ring > 0 && next < end; ++next)
        memcpy(ring + next % s->ring * s->pitch + s->left, in + next * s->in_row, (size_t)s->in_row * sizeof *in);
      for (int32_t ky = inside.begin; ky < inside.end; ++ky) rows[ky] = thimble_conv2d_row_f32_simd(in, ring, y + ky * s->dilation_h, s);
      for (int32_t done = 0; done < s->out_w; done += s->pixels) {
        const int32_t first = done + s->pixels > s->out_w ? s->out_w - s->pixels : done;
        thimble_conv2d_tile_f32_simd(rows, first * s->pixel_step, inside, weights, bias, out + first * s->out_c, s);
      }
    }
  }
}

#endif

/* Float depthwise convolution with vectors of channels, one filter per channel: the walk of dwconv2d_simd.h over rows of floats. */
#ifndef THIMBLE_DWCONV2D_SIMD_F32_H
#define THIMBLE_DWCONV2D_SIMD_F32_H

#include "core/simd.h"

#define THIMBLE_DWCONV2D_SIMD_F32_ROWS 16

/* As thimble_dwconv2d_s8_simd_shape. */
typedef struct {
  int32_t batches, in_h, in_row, out_h, out_row;
  int32_t kernel_h, kernel_w, stride_h, dilation_h, pad_top;
  int32_t left, pitch, ring;
  int32_t tap_step, blocks, steps, in_step, out_step, last_channels, line;
  float out_min, out_max;
} thimble_dwconv2d_f32_simd_shape;

/* `count` channels whose first taps lie at `at` of the rows. */
THIMBLE_INLINE void thimble_dwconv2d_vector_f32_simd(const float* const* rows, int32_t at, const float* weights, const float* bias,
                                                     float* out, int32_t count, const thimble_dwconv2d_f32_simd_shape* s) {
  thimble_reals sum = thimble_splat_real(0);
  THIMBLE_UNROLLED
  for (int32_t t = 0; t < s->kernel_h * s->kernel_w; ++t)
    sum = thimble_multiply_add(sum, thimble_load_reals(rows[t / s->kernel_w] + at + t % s->kernel_w * s->tap_step),
                               thimble_load_reals(weights + t * THIMBLE_LANES));
  thimble_store_clamped(out, thimble_add_reals(sum, thimble_load_reals(bias)), count, s->out_min, s->out_max);
}

THIMBLE_INLINE void thimble_dwconv2d_line_f32_simd(const float* const* rows, const float* weights, const float* bias, float* out,
                                                   const thimble_dwconv2d_f32_simd_shape* s) {
  const int32_t rest = s->line % THIMBLE_LANES; /* of a long line; its last vector is not whole */
  for (int32_t b = 0; b < s->blocks; ++b, weights += s->kernel_h * s->kernel_w * THIMBLE_LANES, bias += THIMBLE_LANES) {
    const int32_t first = b * THIMBLE_LANES;
    int32_t j = 0;
    if (b + 1 == s->blocks && s->last_channels < THIMBLE_LANES) {
      for (; j < s->steps; ++j)
        thimble_dwconv2d_vector_f32_simd(rows, first + j * s->in_step, weights, bias, out + first + j * s->out_step, s->last_channels, s);
      continue;
    }
    for (; j < s->steps && first + j * s->out_step + THIMBLE_LANES <= s->line; ++j)
      thimble_dwconv2d_vector_f32_simd(rows, first + j * s->in_step, weights, bias, out + first + j * s->out_step, THIMBLE_LANES, s);
    if (rest > 0 && first + j * s->out_step == s->line - rest)
      thimble_dwconv2d_vector_f32_simd(rows, first + j * s->in_step, weights, bias, out + s->line - rest, rest, s);
  }
}

/* Row `y` of the padded input, zeros where there is none; what lies left and right of it is zeros already. */
THIMBLE_INLINE void thimble_dwconv2d_row_f32_simd(float* to, const float* in, int32_t y, const thimble_dwconv2d_f32_simd_shape* s) {
  if (y >= s->pad_top && y < s->pad_top + s->in_h)
    memcpy(to + s->left, in + (y - s->pad_top) * s->in_row, (size_t)s->in_row * sizeof *in);
  else
    for (int32_t i = 0; i < s->in_row; ++i) to[s->left + i] = 0;
}

/* scratch: the ring. */
THIMBLE_KERNEL void thimble_dwconv2d_f32_simd(const float* in, float* out, const float* weights, const float* bias, void* scratch,
                                              const thimble_dwconv2d_f32_simd_shape* s) {
  float* const ring = (float*)scratch;
  const int32_t reach = (s->kernel_h - 1) * s->dilation_h + 1;
  for (int32_t i = 0; i < s->ring * s->pitch; ++i) ring[i] = 0;
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_row, out += s->out_h * s->out_row) {
    int32_t next = 0; /* the first row that is not in the ring */
    for (int32_t oy = 0; oy < s->out_h; ++oy) {
      const float* rows[THIMBLE_DWCONV2D_SIMD_F32_ROWS];
      const int32_t first = oy * s->stride_h;
      if (next < first) next = first; /* the stride may step over rows */
      for (; next < first + reach; ++next) thimble_dwconv2d_row_f32_simd(ring + next % s->ring * s->pitch, in, next, s);
      THIMBLE_UNROLLED
      for (int32_t ky = 0; ky < s->kernel_h; ++ky) rows[ky] = ring + (first + ky * s->dilation_h) % s->ring * s->pitch;
      thimble_dwconv2d_line_f32_simd(rows, weights, bias, out + oy * s->out_row, s);
    }
  }
}

#endif

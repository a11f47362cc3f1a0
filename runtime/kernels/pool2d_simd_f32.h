/* Float pooling with vectors of channels, to the bit of pool2d_ref.h. */
#ifndef THIMBLE_POOL2D_SIMD_F32_H
#define THIMBLE_POOL2D_SIMD_F32_H

#include "core/simd.h"
#include "kernels/pool2d_ref.h"

/* The taps inside of one window: `rows` times `columns` from p on. */
THIMBLE_INLINE thimble_reals thimble_pool_vector_f32_simd(const float* p, int32_t rows, int32_t columns,
                                                          const thimble_pool2d_f32_shape* s) {
  thimble_reals all = thimble_splat_real(s->maximum ? s->out_min : 0);
  for (int32_t y = 0; y < rows; ++y, p += s->dilation_h * s->in_w * s->channels)
    for (int32_t x = 0; x < columns; ++x) {
      const thimble_reals one = thimble_load_reals(p + x * s->dilation_w * s->channels);
      all = s->maximum ? thimble_greater_reals(one, all) : thimble_add_reals(all, one);
    }
  return s->maximum ? all : thimble_divide_reals(all, thimble_splat_real((float)(rows * columns)));
}

/* At least a vector of channels; the last vector overlaps the one before it. */
THIMBLE_KERNEL void thimble_pool2d_f32_simd(const float* in, float* out, const thimble_pool2d_f32_shape* s) {
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_w * s->channels)
    for (int32_t oy = 0; oy < s->out_h; ++oy)
      for (int32_t ox = 0; ox < s->out_w; ++ox, out += s->channels) {
        const int32_t y = oy * s->stride_h - s->pad_top, x = ox * s->stride_w - s->pad_left;
        const thimble_taps rows = thimble_taps_inside(y, s->kernel_h, s->dilation_h, s->in_h);
        const thimble_taps columns = thimble_taps_inside(x, s->kernel_w, s->dilation_w, s->in_w);
        const float* const first = in + ((y + rows.begin * s->dilation_h) * s->in_w + x + columns.begin * s->dilation_w) * s->channels;
        for (int32_t done = 0; done < s->channels; done += THIMBLE_LANES) {
          const int32_t c = done + THIMBLE_LANES > s->channels ? s->channels - THIMBLE_LANES : done;
          thimble_store_clamped(out + c, thimble_pool_vector_f32_simd(first + c, rows.end - rows.begin, columns.end - columns.begin, s),
                                THIMBLE_LANES, s->out_min, s->out_max);
        }
      }
}

#endif

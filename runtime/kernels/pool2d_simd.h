/* int8 average and maximum pooling with vectors of channels. */
#ifndef THIMBLE_POOL2D_SIMD_H
#define THIMBLE_POOL2D_SIMD_H

#include "core/simd.h"
#include "kernels/pool2d_ref.h"

/* The channels of a vector in the window that begins at `p`. */
THIMBLE_INLINE thimble_lanes thimble_pool_vector_simd(const int8_t* p, int32_t rows, int32_t columns, const thimble_pool2d_s8_shape* s) {
  const int32_t count = rows * columns, half = count / 2;
  thimble_lanes all = thimble_splat_lanes(s->maximum ? -128 : 0);
  for (int32_t y = 0; y < rows; ++y, p += s->dilation_h * s->in_w * s->channels)
    for (int32_t x = 0; x < columns; ++x) {
      const thimble_lanes one = thimble_load_bytes(p + x * s->dilation_w * s->channels);
      all = s->maximum ? thimble_max_lanes(all, one) : thimble_add_lanes(all, one);
    }
  if (s->maximum) return all;
  const thimble_lanes sign = thimble_and_lanes(thimble_shift_right(all, 31), thimble_splat_lanes(-2 * half));
  return thimble_quotient(thimble_add_lanes(thimble_add_lanes(all, thimble_splat_lanes(half)), sign), count); /* halves away from zero */
}

/* At least a vector of channels; the last vector overlaps the one before it. */
THIMBLE_KERNEL void thimble_pool2d_s8_simd(const int8_t* in, int8_t* out, const thimble_pool2d_s8_shape* s) {
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_w * s->channels)
    for (int32_t oy = 0; oy < s->out_h; ++oy)
      for (int32_t ox = 0; ox < s->out_w; ++ox, out += s->channels) {
        const int32_t y = oy * s->stride_h - s->pad_top, x = ox * s->stride_w - s->pad_left;
        const thimble_taps rows = thimble_taps_inside(y, s->kernel_h, s->dilation_h, s->in_h);
        const thimble_taps columns = thimble_taps_inside(x, s->kernel_w, s->dilation_w, s->in_w);
        const int8_t* const first = in + ((y + rows.begin * s->dilation_h) * s->in_w + x + columns.begin * s->dilation_w) * s->channels;
        for (int32_t done = 0; done < s->channels; done += THIMBLE_LANES) {
          const int32_t c = done + THIMBLE_LANES > s->channels ? s->channels - THIMBLE_LANES : done;
          thimble_store_lanes(out + c, thimble_pool_vector_simd(first + c, rows.end - rows.begin, columns.end - columns.begin, s),
                              s->out_min, s->out_max);
        }
      }
}

#endif

/* Average and maximum pooling of int16, written to be read. Sums of at most 65535 taps fit 32 bits. */
#ifndef THIMBLE_POOL2D_S16_REF_H
#define THIMBLE_POOL2D_S16_REF_H

#include "kernels/pool2d_ref.h"

/* One channel of one window; `first` is the index of its first tap, inside the input or not. */
THIMBLE_INLINE int32_t thimble_pool2d_one_s16(const int16_t* in, int32_t first, thimble_taps rows, thimble_taps columns,
                                              const thimble_pool2d_s8_shape* s) {
  const int32_t row = s->dilation_h * s->in_w * s->channels, column = s->dilation_w * s->channels;
  const int32_t count = (rows.end - rows.begin) * (columns.end - columns.begin);
  int32_t ky, kx, sum = 0, best = INT16_MIN;
  for (ky = rows.begin; ky < rows.end; ++ky)
    for (kx = columns.begin; kx < columns.end; ++kx) {
      const int32_t value = in[first + ky * row + kx * column];
      if (s->maximum)
        best = value > best ? value : best;
      else
        sum += value;
    }
  return s->maximum ? best : (sum > 0 ? sum + count / 2 : sum - count / 2) / count; /* halves away from zero */
}

THIMBLE_KERNEL void thimble_pool2d_s16(const int16_t* in, int16_t* out, const thimble_pool2d_s8_shape* s) {
  int32_t batch, oy, ox, c;
  for (batch = 0; batch < s->batches; ++batch)
    for (oy = 0; oy < s->out_h; ++oy)
      for (ox = 0; ox < s->out_w; ++ox) {
        const int32_t y = oy * s->stride_h - s->pad_top, x = ox * s->stride_w - s->pad_left;
        const thimble_taps rows = thimble_taps_inside(y, s->kernel_h, s->dilation_h, s->in_h);
        const thimble_taps columns = thimble_taps_inside(x, s->kernel_w, s->dilation_w, s->in_w);
        const int32_t first = ((batch * s->in_h + y) * s->in_w + x) * s->channels;
        for (c = 0; c < s->channels; ++c)
          *out++ = (int16_t)thimble_clamp(thimble_pool2d_one_s16(in, first + c, rows, columns, s), s->out_min, s->out_max);
      }
}

#endif

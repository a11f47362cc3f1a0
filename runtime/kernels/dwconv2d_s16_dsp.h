/* Depthwise convolution with int16 activations and int8 weights for the ARM DSP extension, four channels at a time.
 *
 * The stream of four channels: per tap a word of weights, its bytes the channels 0, 2, 1, 3; then four biases, four multipliers for the
 * high word of a product, four shifts. The last four channels overlap those before where they are no multiple of four. */
#ifndef THIMBLE_DWCONV2D_S16_DSP_H
#define THIMBLE_DWCONV2D_S16_DSP_H

#include "core/dsp.h"
#include "kernels/window2d.h"

typedef struct {
  int32_t in_h, in_w, out_h, out_w;
  uint16_t batches, channels, kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int16_t low, high;
} thimble_dwconv2d_s16_dsp_shape;

THIMBLE_INLINE int16_t thimble_dw_finish_s16_dsp(int32_t sum, const int32_t* table, int32_t c, const thimble_dwconv2d_s16_dsp_shape* s) {
  const int32_t shift = table[8 + c];
  return (int16_t)thimble_clamp(thimble_smmla((uint32_t)sum, (uint32_t)table[4 + c], 1 << (shift - 1)) >> shift, s->low, s->high);
}

/* Four channels of one pixel; `first`: their first tap that lies inside. */
THIMBLE_INLINE void thimble_dw_four_s16_dsp(const int16_t* first, const int32_t* stream, int16_t* out, thimble_taps rows,
                                            thimble_taps columns, const thimble_dwconv2d_s16_dsp_shape* s) {
  const int32_t *const table = stream + s->kernel_h * s->kernel_w, step = s->dilation_w * s->channels;
  int32_t a = table[0], b = table[1], c = table[2], d = table[3];
  for (int32_t ky = rows.begin; ky < rows.end; ++ky, first += s->dilation_h * s->in_w * s->channels) {
    const int32_t *w = stream + ky * s->kernel_w + columns.begin, *const end = stream + ky * s->kernel_w + columns.end;
    for (const int16_t* x = first; w != end; ++w, x += step) {
      const uint32_t low = thimble_even_bytes((uint32_t)*w), high = thimble_odd_bytes((uint32_t)*w);
      const uint32_t x_low = thimble_load_word(x), x_high = thimble_load_word(x + 2);
      a = thimble_smlabb(x_low, low, a);
      b = thimble_smlatt(x_low, low, b);
      c = thimble_smlabb(x_high, high, c);
      d = thimble_smlatt(x_high, high, d);
    }
  }
  out[0] = thimble_dw_finish_s16_dsp(a, table, 0, s);
  out[1] = thimble_dw_finish_s16_dsp(b, table, 1, s);
  out[2] = thimble_dw_finish_s16_dsp(c, table, 2, s);
  out[3] = thimble_dw_finish_s16_dsp(d, table, 3, s);
}

THIMBLE_ONCE void thimble_dwconv2d_s16_dsp(const int16_t* in, int16_t* out, const int32_t* stream,
                                           const thimble_dwconv2d_s16_dsp_shape* s) {
  const int32_t words = s->kernel_h * s->kernel_w + 12;
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_w * s->channels)
    for (int32_t oy = 0; oy < s->out_h; ++oy)
      for (int32_t ox = 0; ox < s->out_w; ++ox, out += s->channels) {
        const int32_t y = oy * s->stride_h - s->pad_top, x = ox * s->stride_w - s->pad_left;
        const thimble_taps rows = thimble_taps_inside(y, s->kernel_h, s->dilation_h, s->in_h);
        const thimble_taps columns = thimble_taps_inside(x, s->kernel_w, s->dilation_w, s->in_w);
        const int16_t* const first = in + ((y + rows.begin * s->dilation_h) * s->in_w + x + columns.begin * s->dilation_w) * s->channels;
        const int32_t* at = stream;
        for (int32_t c = 0; c < s->channels; c += 4, at += words) {
          const int32_t from = c + 4 <= s->channels ? c : s->channels - 4;
          thimble_dw_four_s16_dsp(first + from, at, out + from, rows, columns, s);
        }
      }
}

#endif

/* int8 average and maximum pooling for the ARM DSP extension: four channels at a time. */
#ifndef THIMBLE_POOL2D_DSP_H
#define THIMBLE_POOL2D_DSP_H

#include "core/dsp.h"
#include "kernels/pool2d_ref.h"

/* The greater of each of four bytes. */
THIMBLE_INLINE uint32_t thimble_greater_bytes(uint32_t a, uint32_t b) {
  uint32_t r;
  __asm("ssub8 %0, %1, %2\n  sel %0, %1, %2" : "=&r"(r) : "r"(a), "r"(b));
  return r;
}

/* Adds bytes 0 and 2 of a word to two 16-bit sums; and bytes 1 and 3. */
THIMBLE_INLINE uint32_t thimble_add_even_bytes(uint32_t sums, uint32_t word) {
  __asm("sxtab16 %0, %0, %1" : "+r"(sums) : "r"(word));
  return sums;
}
THIMBLE_INLINE uint32_t thimble_add_odd_bytes(uint32_t sums, uint32_t word) {
  __asm("sxtab16 %0, %0, %1, ror #8" : "+r"(sums) : "r"(word));
  return sums;
}

THIMBLE_INLINE int8_t thimble_mean_dsp(int32_t sum, int32_t count, const thimble_pool2d_s8_shape* s) {
  return (int8_t)thimble_clamp((sum > 0 ? sum + count / 2 : sum - count / 2) / count, s->out_min, s->out_max);
}

/* Four channels of the window that begins at `p`. */
THIMBLE_INLINE void thimble_pool_four_dsp(const int8_t* p, int8_t* out, int32_t rows, int32_t columns, const thimble_pool2d_s8_shape* s) {
  const int32_t row_step = (s->in_w - columns) * s->channels;
  uint32_t even = 0, odd = 0, best = 0x80808080u;
  for (int32_t y = 0; y < rows; ++y, p += row_step)
    for (const int8_t* const end = p + columns * s->channels; p != end; p += s->channels) {
      const uint32_t word = thimble_load_word(p);
      if (s->maximum) {
        best = thimble_greater_bytes(best, word);
      } else {
        even = thimble_add_even_bytes(even, word);
        odd = thimble_add_odd_bytes(odd, word);
      }
    }
  if (s->maximum) {
    for (int k = 0; k < 4; ++k) out[k] = (int8_t)thimble_clamp((int8_t)(best >> (8 * k)), s->out_min, s->out_max);
  } else {
    const int32_t count = rows * columns;
    out[0] = thimble_mean_dsp((int16_t)even, count, s);
    out[1] = thimble_mean_dsp((int16_t)odd, count, s);
    out[2] = thimble_mean_dsp((int32_t)even >> 16, count, s);
    out[3] = thimble_mean_dsp((int32_t)odd >> 16, count, s);
  }
}

/* Windows of at most 255 taps, no dilation, at least four channels; the last four overlap those before where they are no multiple. */
THIMBLE_KERNEL void thimble_pool2d_s8_dsp(const int8_t* in, int8_t* out, const thimble_pool2d_s8_shape* s) {
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_w * s->channels)
    for (int32_t oy = 0; oy < s->out_h; ++oy)
      for (int32_t ox = 0; ox < s->out_w; ++ox, out += s->channels) {
        const int32_t y = oy * s->stride_h - s->pad_top, x = ox * s->stride_w - s->pad_left;
        const thimble_taps rows = thimble_taps_inside(y, s->kernel_h, 1, s->in_h),
                           columns = thimble_taps_inside(x, s->kernel_w, 1, s->in_w);
        const int8_t* const first = in + ((y + rows.begin) * s->in_w + x + columns.begin) * s->channels;
        for (int32_t done = 0; done < s->channels; done += 4) {
          const int32_t c = done + 4 > s->channels ? s->channels - 4 : done;
          thimble_pool_four_dsp(first + c, out + c, rows.end - rows.begin, columns.end - columns.begin, s);
        }
      }
}

#endif

/* int8 average and maximum pooling for Helium: sixteen channels at a time. */
#ifndef THIMBLE_POOL2D_HELIUM_H
#define THIMBLE_POOL2D_HELIUM_H

#include <arm_mve.h>

#include "core/helium.h"
#include "kernels/pool2d_ref.h"

/* The part of a window that lies inside the input. */
typedef struct {
  const int8_t* first;
  int32_t rows, columns, row_step;
} thimble_pool_window_helium;

THIMBLE_INLINE int8x16_t thimble_greatest_helium(const thimble_pool_window_helium* w, int32_t c, int32_t channels, mve_pred16_t lanes) {
  int8x16_t best = vdupq_n_s8(-128);
  const int8_t* p = w->first + c;
  for (int32_t y = 0; y < w->rows; ++y, p += w->row_step)
    for (int32_t x = 0; x < w->columns; ++x, p += channels) best = vmaxq_s8(best, vldrbq_z_s8(p, lanes));
  return best;
}

THIMBLE_INLINE int8x16_t thimble_greatest_of_all_helium(const thimble_pool_window_helium* w, int32_t c, int32_t channels) {
  int8x16_t best = vdupq_n_s8(-128);
  const int8_t* p = w->first + c;
  for (int32_t y = 0; y < w->rows; ++y, p += w->row_step)
    for (int32_t x = 0; x < w->columns; ++x, p += channels) best = vmaxq_s8(best, vldrbq_s8(p));
  return best;
}

/* Sums of up to eight channels. 255 taps are the most that 16 bits hold. */
THIMBLE_INLINE int16x8_t thimble_sums_helium(const thimble_pool_window_helium* w, int32_t channels, mve_pred16_t lanes) {
  int16x8_t sums = vdupq_n_s16(0);
  const int8_t* p = w->first;
  for (int32_t y = 0; y < w->rows; ++y, p += w->row_step)
    for (int32_t x = 0; x < w->columns; ++x, p += channels) sums = vaddq_s16(sums, vldrbq_z_s16(p, lanes));
  return sums;
}

/* Sums of eight channels from c on, and of the eight that begin `apart` after those. */
typedef struct {
  int16x8_t low, high;
} thimble_two_sums_helium;
THIMBLE_INLINE thimble_two_sums_helium thimble_two_sums_of_helium(const thimble_pool_window_helium* w, int32_t c, int32_t apart,
                                                                  int32_t channels) {
  thimble_two_sums_helium sums = {vdupq_n_s16(0), vdupq_n_s16(0)};
  const int8_t* p = w->first + c;
  for (int32_t y = 0; y < w->rows; ++y, p += w->row_step)
    for (int32_t x = 0; x < w->columns; ++x, p += channels) {
      sums.low = vaddq_s16(sums.low, vldrbq_s16(p));
      sums.high = vaddq_s16(sums.high, vldrbq_s16(p + apart));
    }
  return sums;
}

/* Sums by their count, ties away from zero. With 2^k < count <= 2^(k+1) and m = 2^(16+k) / count rounded up, x * m >> (16 + k) is
 * x / count for all x <= 128.5 * count, as long as count <= 255: m is too great by less than one in 2^(16+k) / count^2. */
THIMBLE_INLINE void thimble_store_means_helium(int8_t* out, int16x8_t sums, int32_t count, mve_pred16_t lanes,
                                               const thimble_pool2d_s8_shape* s) {
  if (count > 1) {
    const mve_pred16_t negative = vcmpltq_n_s16(sums, 0);
    int32_t k = 0;
    uint16x8_t x = vaddq_n_u16(vreinterpretq_u16_s16(vabsq_s16(sums)), (uint16_t)(count / 2));
    while (2 << k < count) ++k;
    x = vmulhq_u16(x, vdupq_n_u16((uint16_t)(((65536u << k) + (uint32_t)count - 1) / (uint32_t)count)));
    sums = vreinterpretq_s16_u16(vshlq_r_u16(x, -k));
    sums = vnegq_m_s16(sums, sums, negative);
  }
  sums = vminq_s16(vmaxq_s16(sums, vdupq_n_s16((int16_t)s->out_min)), vdupq_n_s16((int16_t)s->out_max));
  vstrbq_p_s16(out, sums, lanes);
}

/* Where channels do not come in sixteens, the last sixteen overlap those before them, and so do the two eights of fewer than sixteen. */
THIMBLE_INLINE void thimble_pool_pixel_helium(const thimble_pool_window_helium* w, int8_t* out, const thimble_pool2d_s8_shape* s) {
  const int32_t count = w->rows * w->columns, channels = s->channels;
  const mve_pred16_t all = (mve_pred16_t)0xffff;
  if (s->maximum) {
    const mve_pred16_t lanes = channels < 16 ? vctp8q((uint32_t)channels) : all;
    for (int32_t next = 0; next < channels; next += 16) {
      const int32_t c = channels >= 16 && next > channels - 16 ? channels - 16 : next;
      const int8x16_t best =
          channels < 16 ? thimble_greatest_helium(w, c, channels, lanes) : thimble_greatest_of_all_helium(w, c, channels);
      vstrbq_p_s8(out + c, vminq_s8(vmaxq_s8(best, vdupq_n_s8((int8_t)s->out_min)), vdupq_n_s8((int8_t)s->out_max)), lanes);
    }
  } else if (channels <= 8) {
    const mve_pred16_t lanes = vctp16q((uint32_t)channels);
    thimble_store_means_helium(out, thimble_sums_helium(w, channels, lanes), count, lanes, s);
  } else {
    const int32_t apart = channels < 16 ? channels - 8 : 8;
    for (int32_t next = 0; next < channels; next += 16) {
      const int32_t c = channels >= 16 && next > channels - 16 ? channels - 16 : next;
      const thimble_two_sums_helium sums = thimble_two_sums_of_helium(w, c, apart, channels);
      thimble_store_means_helium(out + c, sums.low, count, all, s);
      thimble_store_means_helium(out + c + apart, sums.high, count, all, s);
    }
  }
}

/* Windows of at most 255 taps, no dilation. */
THIMBLE_KERNEL void thimble_pool2d_s8_helium(const int8_t* in, int8_t* out, const thimble_pool2d_s8_shape* s) {
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_w * s->channels)
    for (int32_t oy = 0; oy < s->out_h; ++oy)
      for (int32_t ox = 0; ox < s->out_w; ++ox, out += s->channels) {
        const int32_t y = oy * s->stride_h - s->pad_top, x = ox * s->stride_w - s->pad_left;
        const thimble_taps rows = thimble_taps_inside(y, s->kernel_h, 1, s->in_h),
                           columns = thimble_taps_inside(x, s->kernel_w, 1, s->in_w);
        const thimble_pool_window_helium w = {in + ((y + rows.begin) * s->in_w + x + columns.begin) * s->channels, rows.end - rows.begin,
                                              columns.end - columns.begin, (s->in_w - (columns.end - columns.begin)) * s->channels};
        thimble_pool_pixel_helium(&w, out, s);
      }
}

#endif

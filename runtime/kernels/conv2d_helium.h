/* int8 convolution for Helium: the matrix tile over pairs of neighbouring pixels.
 *
 * Windows that lie inside the input are read where they are, those that reach over its edge from a copy with the padding. Where the rows of
 * a window are too short to fill vectors, every window is copied (direct = 0). */
#ifndef THIMBLE_CONV2D_HELIUM_H
#define THIMBLE_CONV2D_HELIUM_H

#include <arm_mve.h>

#include "core/helium_tile.h"

typedef struct {
  int32_t in_h, in_w, in_c, out_h, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, pad_top, pad_left;
  int32_t in_zero, direct;
} thimble_conv2d_s8_helium_shape;

/* The window whose first tap is (iy, ix), with its padding, row by row without gaps: a row at a time where it is a vector at most. */
THIMBLE_INLINE void thimble_copy_narrow_window_helium(int8_t* to, const int8_t* row, int32_t iy, int32_t left, int32_t right,
                                                      const thimble_conv2d_s8_helium_shape* s) {
  const int32_t bytes = s->kernel_w * s->in_c;
  const int8x16_t padding = vdupq_n_s8((int8_t)s->in_zero);
  const mve_pred16_t all = vctp8q((uint32_t)bytes), inside = (mve_pred16_t)((0xffff >> (16 - bytes + right)) & (0xffff << left));
  const int32_t first = iy < 0 ? -iy : 0, last = iy + s->kernel_h > s->in_h ? s->in_h - iy : s->kernel_h;
  row += first * s->in_w * s->in_c;
  for (int32_t k = 0; k < first; ++k, to += bytes) vstrbq_p_s8(to, padding, all);
  for (int32_t k = first; k < last; ++k, to += bytes, row += s->in_w * s->in_c)
    vstrbq_p_s8(to, vpselq_s8(vldrbq_z_s8(row, inside), padding, inside), all);
  for (int32_t k = last; k < s->kernel_h; ++k, to += bytes) vstrbq_p_s8(to, padding, all);
}

THIMBLE_INLINE void thimble_copy_window_helium(int8_t* to, const int8_t* in, int32_t iy, int32_t ix,
                                               const thimble_conv2d_s8_helium_shape* s) {
  const int32_t bytes = s->kernel_w * s->in_c;
  const int32_t left = ix < 0 ? -ix * s->in_c : 0, over = ix + s->kernel_w - s->in_w, right = over > 0 ? over * s->in_c : 0;
  const int8_t* row = in + (iy * s->in_w + ix) * s->in_c;
  if (bytes <= 16) {
    thimble_copy_narrow_window_helium(to, row, iy, left, right, s);
    return;
  }
  for (int32_t ky = 0; ky < s->kernel_h; ++ky, to += bytes, row += s->in_w * s->in_c) {
    if (iy + ky < 0 || iy + ky >= s->in_h) {
      thimble_fill_helium(to, s->in_zero, bytes);
    } else if (left + right > 0) {
      thimble_fill_helium(to, s->in_zero, left);
      thimble_copy_helium(to + left, row + left, bytes - left - right);
      thimble_fill_helium(to + bytes - right, s->in_zero, right);
    } else {
      thimble_copy_helium(to, row, bytes);
    }
  }
}

/* How many pixels from (oy, ox) on have windows inside the input, in this row. */
THIMBLE_INLINE int32_t thimble_inside_helium(int32_t oy, int32_t ox, const thimble_conv2d_s8_helium_shape* s) {
  const int32_t iy = oy * s->stride_h - s->pad_top, ix = ox * s->stride_w - s->pad_left;
  const int32_t room = s->in_w + s->pad_left - s->kernel_w, last = room / s->stride_w;
  if (room < 0 || iy < 0 || iy + s->kernel_h > s->in_h || ix < 0) return 0;
  return (last < s->out_w ? last + 1 : s->out_w) - ox;
}

/* scratch: two windows, where any is copied. The last tile of an odd number of pixels overlaps the one before it. */
THIMBLE_KERNEL void thimble_conv2d_s8_helium(const int8_t* in, int8_t* out, const int8_t* stream, void* scratch, thimble_tile_helium tile,
                                             const thimble_conv2d_s8_helium_shape* s) {
  const int32_t count = s->out_h * s->out_w, bytes = s->kernel_w * s->in_c, pitch = s->in_w * s->in_c, step = s->stride_w * s->in_c;
  int8_t* const copies[2] = {(int8_t*)scratch, (int8_t*)scratch + s->kernel_h * bytes};
  int32_t oy = 0, ox = 0;
  for (int32_t done = 0; done < count;) {
    int32_t pairs = 1, inside;
    if (count > 1 && done == count - 1) --done, oy = done / s->out_w, ox = done % s->out_w;
    inside = s->direct ? thimble_inside_helium(oy, ox, s) : 0;
    if (inside > 1 || (inside == 1 && count == 1)) {
      const int8_t* const x = in + ((oy * s->stride_h - s->pad_top) * s->in_w + ox * s->stride_w - s->pad_left) * s->in_c;
      pairs = count > 1 ? inside / 2 : 1;
      tile(x, x + step, out + done * s->out_c, stream, pairs, pitch - bytes);
      ox += 2 * pairs;
    } else {
      for (int k = 0; k < 2 && k < count; ++k) {
        thimble_copy_window_helium(copies[k], in, oy * s->stride_h - s->pad_top, ox * s->stride_w - s->pad_left, s);
        if (++ox == s->out_w) ox = 0, ++oy;
      }
      tile(copies[0], copies[1], out + done * s->out_c, stream, 1, 0);
    }
    if (ox == s->out_w) ox = 0, ++oy;
    done += 2 * pairs;
  }
}

#endif

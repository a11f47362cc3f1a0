/* Requantisation where a multiplication keeps only 32 bits: as NarrowScaling (src/kernels/narrow_scaling.h) lays its words out. */
#ifndef THIMBLE_CORE_NARROW_H
#define THIMBLE_CORE_NARROW_H

#include "core/base.h"

/* x = sum - low becomes an output. words: [where sums are negative, what those lose,] [m2, inner,] m0, m1, addend, range, shift and ends;
 * `pieces` and `signs` are literals that say which are there. */
THIMBLE_INLINE int8_t thimble_narrow_s8(uint32_t x, const int32_t* words, int pieces, int signs) {
  const int32_t* const inner = words + 2 * signs;
  const int32_t* const w = inner + 2 * (pieces - 2);
  const uint32_t ends = (uint32_t)thimble_const_s32(w, 4);
  const int shift = (int)(ends & 255);
  uint32_t low;
  if (x > (uint32_t)thimble_const_s32(w, 3)) return (int8_t)((int32_t)x < 0 ? ends >> 8 : ends >> 16);
  low = x * (uint32_t)thimble_const_s32(w, 1);
  if (pieces == 3) low += (x * (uint32_t)thimble_const_s32(inner, 0) + (uint32_t)thimble_const_s32(inner, 1)) >> shift;
  low = (low >> shift) + (uint32_t)thimble_const_s32(w, 2);
  if (signs && x < (uint32_t)thimble_const_s32(words, 0)) low -= (uint32_t)thimble_const_s32(words, 1);
  return (int8_t)((x * (uint32_t)thimble_const_s32(w, 0) + low) >> 24);
}

#endif

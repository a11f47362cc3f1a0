/* Mean, maximum and minimum of int16 over axes. Sums of at most 65535 elements fit 32 bits. */
#ifndef THIMBLE_REDUCE_S16_REF_H
#define THIMBLE_REDUCE_S16_REF_H

#include "kernels/reduce_ref.h"

/* The multiplier divides by the elements of a sum; their zero point is 0. */
THIMBLE_KERNEL void thimble_mean_s16(const int16_t* in, int16_t* out, const thimble_reduce_s8_shape* s) {
  THIMBLE_FOR_OFFSETS(first, 0, s->kept, s->kept_stride) {
    int32_t sum = 0;
    THIMBLE_FOR_OFFSETS(i, first, s->reduced, s->reduced_stride) sum += in[i];
    *out++ = (int16_t)thimble_clamp(thimble_requantize(sum, s->mantissa, s->shift) + s->out_zero, -32768, 32767);
  }
}
THIMBLE_REDUCE(reduce_max_s16, int16_t, int32_t, -32768, x > y ? x : y, y)
THIMBLE_REDUCE(reduce_min_s16, int16_t, int32_t, 32767, x < y ? x : y, y)

#endif

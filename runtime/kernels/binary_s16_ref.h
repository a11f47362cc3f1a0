/* Sums, products and choices of int16 with zero points of 0, written to be read. Operands of a sum are raised by less than those of int8.
 */
#ifndef THIMBLE_BINARY_S16_REF_H
#define THIMBLE_BINARY_S16_REF_H

#include "kernels/binary_ref.h"

THIMBLE_BINARY(add_s16, int16_t, thimble_const_s16, thimble_add_s8_shape, {
  const int32_t p = thimble_requantize(x * ((int32_t)1 << 15), s->a_mantissa, (int)s->a_shift);
  const int32_t q = thimble_requantize(y * ((int32_t)1 << 15), s->b_mantissa, (int)s->b_shift);
  out[i] = (int16_t)thimble_clamp(thimble_requantize(p + q, s->mantissa, (int)s->shift), s->out_min, s->out_max);
})
THIMBLE_BINARY(mul_s16, int16_t, thimble_const_s16, thimble_mul_s8_shape,
               { out[i] = (int16_t)thimble_clamp(thimble_requantize((int32_t)x * y, s->mantissa, (int)s->shift), s->out_min, s->out_max); })
THIMBLE_BINARY(minimum_s16, int16_t, thimble_const_s16, thimble_binary_shape, { out[i] = x < y ? x : y; })
THIMBLE_BINARY(maximum_s16, int16_t, thimble_const_s16, thimble_binary_shape, { out[i] = x > y ? x : y; })

#endif

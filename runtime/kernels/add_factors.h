/* int8 addition and subtraction of equal shapes in 32-bit products: factors that give the reference's roundings for all pairs of operands.
 */
#ifndef THIMBLE_ADD_FACTORS_H
#define THIMBLE_ADD_FACTORS_H

#include "core/base.h"

/* out = (a * a_factor + b * b_factor + addend) >> shift, clamped. */
typedef struct {
  int32_t count, a_factor, b_factor, addend, shift, low, high;
} thimble_add_s8_factors_shape;

THIMBLE_KERNEL void thimble_add_s8_factors(const int8_t* a, const int8_t* b, int8_t* out, const thimble_add_s8_factors_shape* s) {
  const int8_t* const end = out + s->count;
#if defined(__GNUC__) && !defined(__clang__) && !defined(THIMBLE_SMALL)
#pragma GCC unroll 4
#endif
  for (; out != end; ++a, ++b, ++out)
    *out = (int8_t)thimble_clamp((*a * s->a_factor + *b * s->b_factor + s->addend) >> s->shift, s->low, s->high);
}

#endif

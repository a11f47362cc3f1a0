/* Ops of two operands, element by element. The result may take the place of an operand of its size.
 *
 * Each op is one loop along a row in which either operand moves on or stays (step 1 or 0); the broadcasting form calls it row by row. A
 * constant operand stands in flash, hence a_constant and b_constant. */
#ifndef THIMBLE_BINARY_REF_H
#define THIMBLE_BINARY_REF_H

#include "core/requantize.h"

/* Outer loops of a broadcast; those that are not needed have one turn. The row itself comes from the op's shape. */
typedef struct {
  int32_t count[5], a_step[5], b_step[5];
} thimble_broadcast;

/* Calls row(a, b, out) for every row: `row` is an expression with the places ia, ib, io in elements. */
#define THIMBLE_BROADCAST(w, row_count, row)                                                                                   \
  do {                                                                                                                         \
    int32_t n0, n1, n2, n3, n4, io = 0;                                                                                        \
    for (n0 = 0; n0 < (w)->count[0]; ++n0)                                                                                     \
      for (n1 = 0; n1 < (w)->count[1]; ++n1)                                                                                   \
        for (n2 = 0; n2 < (w)->count[2]; ++n2)                                                                                 \
          for (n3 = 0; n3 < (w)->count[3]; ++n3)                                                                               \
            for (n4 = 0; n4 < (w)->count[4]; ++n4, io += (row_count)) {                                                        \
              const int32_t ia =                                                                                               \
                  n0 * (w)->a_step[0] + n1 * (w)->a_step[1] + n2 * (w)->a_step[2] + n3 * (w)->a_step[3] + n4 * (w)->a_step[4]; \
              const int32_t ib =                                                                                               \
                  n0 * (w)->b_step[0] + n1 * (w)->b_step[1] + n2 * (w)->b_step[2] + n3 * (w)->b_step[3] + n4 * (w)->b_step[4]; \
              row;                                                                                                             \
            }                                                                                                                  \
  } while (0)

typedef struct {
  int32_t count, a_step, b_step, a_constant, b_constant;
  int32_t a_zero, a_mantissa, a_shift;
  int32_t b_zero, b_mantissa, b_shift; /* subtraction has a negative mantissa here */
  int32_t mantissa, shift, out_zero, out_min, out_max;
} thimble_add_s8_shape;

typedef struct {
  int32_t count, a_step, b_step, a_constant, b_constant;
  int32_t a_zero, b_zero;
  int32_t mantissa, shift, out_zero, out_min, out_max;
} thimble_mul_s8_shape;

typedef struct {
  int32_t count, a_step, b_step, a_constant, b_constant;
} thimble_binary_shape;

typedef struct {
  int32_t count, a_step, b_step, a_constant, b_constant;
  float out_min, out_max;
} thimble_binary_f32_shape;

/* One row of an op, and the op over rows. x and y are the two elements. */
#define THIMBLE_BINARY(name, type, load, shape, body)                                                                                   \
  THIMBLE_KERNEL void thimble_##name(const type* a, const type* b, type* out, const shape* s) {                                         \
    int32_t i, ia = 0, ib = 0;                                                                                                          \
    for (i = 0; i < s->count; ++i, ia += s->a_step, ib += s->b_step) {                                                                  \
      const type x = s->a_constant ? load(a, ia) : a[ia];                                                                               \
      const type y = s->b_constant ? load(b, ib) : b[ib];                                                                               \
      body                                                                                                                              \
    }                                                                                                                                   \
  }                                                                                                                                     \
  THIMBLE_KERNEL void thimble_##name##_broadcast(const type* a, const type* b, type* out, const shape* s, const thimble_broadcast* w) { \
    THIMBLE_BROADCAST(w, s->count, thimble_##name(a + ia, b + ib, out + io, s));                                                        \
  }

THIMBLE_BINARY(add_s8, int8_t, thimble_const_s8, thimble_add_s8_shape, {
  const int32_t p = thimble_requantize((x - s->a_zero) * ((int32_t)1 << 20), s->a_mantissa, (int)s->a_shift);
  const int32_t q = thimble_requantize((y - s->b_zero) * ((int32_t)1 << 20), s->b_mantissa, (int)s->b_shift);
  const int32_t sum = thimble_requantize(p + q, s->mantissa, (int)s->shift) + s->out_zero;
  out[i] = (int8_t)thimble_clamp(sum, s->out_min, s->out_max);
})
THIMBLE_BINARY(mul_s8, int8_t, thimble_const_s8, thimble_mul_s8_shape, {
  const int32_t product = thimble_requantize((x - s->a_zero) * (y - s->b_zero), s->mantissa, (int)s->shift) + s->out_zero;
  out[i] = (int8_t)thimble_clamp(product, s->out_min, s->out_max);
})
THIMBLE_BINARY(minimum_s8, int8_t, thimble_const_s8, thimble_binary_shape, { out[i] = x < y ? x : y; })
THIMBLE_BINARY(maximum_s8, int8_t, thimble_const_s8, thimble_binary_shape, { out[i] = x > y ? x : y; })

#define THIMBLE_BINARY_F32(name, expression)                                     \
  THIMBLE_BINARY(name##_f32, float, thimble_const_f32, thimble_binary_f32_shape, \
                 { out[i] = thimble_clampf(expression, s->out_min, s->out_max); })
THIMBLE_BINARY_F32(add, x + y)
THIMBLE_BINARY_F32(sub, x - y)
THIMBLE_BINARY_F32(mul, x* y)
THIMBLE_BINARY_F32(div, x / y)
THIMBLE_BINARY_F32(squared_difference, (x - y) * (x - y))
THIMBLE_BINARY_F32(minimum, x < y ? x : y)
THIMBLE_BINARY_F32(maximum, x > y ? x : y)

/* Integers wrap as the machine's do. */
#define THIMBLE_BINARY_S32(name, expression) \
  THIMBLE_BINARY(name##_s32, int32_t, thimble_const_s32, thimble_binary_shape, { out[i] = (int32_t)(expression); })
THIMBLE_BINARY_S32(add, (uint32_t)x + (uint32_t)y)
THIMBLE_BINARY_S32(sub, (uint32_t)x - (uint32_t)y)
THIMBLE_BINARY_S32(mul, (uint32_t)x*(uint32_t)y)
THIMBLE_BINARY_S32(squared_difference, ((uint32_t)x - (uint32_t)y) * ((uint32_t)x - (uint32_t)y))
THIMBLE_BINARY_S32(minimum, x < y ? x : y)
THIMBLE_BINARY_S32(maximum, x > y ? x : y)

#endif

/* Another element type for the same numbers, as C casts them; floats beyond an integer's range are limited to it, NaN becomes 0. */
#ifndef THIMBLE_CAST_REF_H
#define THIMBLE_CAST_REF_H

#include "core/base.h"

typedef struct {
  int32_t count;
} thimble_cast_shape;

#define THIMBLE_CAST(suffix, from, to, expression)                                                  \
  THIMBLE_KERNEL void thimble_cast_##suffix(const from* in, to* out, const thimble_cast_shape* s) { \
    int32_t i;                                                                                      \
    for (i = 0; i < s->count; ++i) {                                                                \
      const from x = in[i];                                                                         \
      out[i] = (to)(expression);                                                                    \
    }                                                                                               \
  }
#define THIMBLE_CAST_INTEGERS(name, from)    \
  THIMBLE_CAST(name##_f32, from, float, x)   \
  THIMBLE_CAST(name##_i8, from, int8_t, x)   \
  THIMBLE_CAST(name##_u8, from, uint8_t, x)  \
  THIMBLE_CAST(name##_i16, from, int16_t, x) \
  THIMBLE_CAST(name##_i32, from, int32_t, x) \
  THIMBLE_CAST(name##_i64, from, int64_t, x) \
  THIMBLE_CAST(name##_bool, from, uint8_t, x != 0)
THIMBLE_CAST_INTEGERS(i8, int8_t)
THIMBLE_CAST_INTEGERS(u8, uint8_t)
THIMBLE_CAST_INTEGERS(i16, int16_t)
THIMBLE_CAST_INTEGERS(i32, int32_t)
THIMBLE_CAST_INTEGERS(i64, int64_t)
THIMBLE_CAST_INTEGERS(bool, uint8_t)

#define THIMBLE_CAST_LIMITED(to, x, least, most) \
  ((x) <= (float)(least) ? (least) : (x) >= (float)(most) ? (most) : (x) == (x) ? (to)(x) : (to)0)
THIMBLE_CAST(f32_f32, float, float, x)
THIMBLE_CAST(f32_i8, float, int8_t, THIMBLE_CAST_LIMITED(int8_t, x, -128, 127))
THIMBLE_CAST(f32_u8, float, uint8_t, THIMBLE_CAST_LIMITED(uint8_t, x, 0, 255))
THIMBLE_CAST(f32_i16, float, int16_t, THIMBLE_CAST_LIMITED(int16_t, x, -32768, 32767))
THIMBLE_CAST(f32_i32, float, int32_t, THIMBLE_CAST_LIMITED(int32_t, x, INT32_MIN, INT32_MAX))
THIMBLE_CAST(f32_i64, float, int64_t, THIMBLE_CAST_LIMITED(int64_t, x, INT64_MIN, INT64_MAX))
THIMBLE_CAST(f32_bool, float, uint8_t, x != 0)

#endif

/* The index of the largest or smallest element along an axis; of equal ones the first. */
#ifndef THIMBLE_ARG_REF_H
#define THIMBLE_ARG_REF_H

#include "core/base.h"

/* outer: repetitions of the axis; size: its elements; inner: elements from one to the next. */
typedef struct {
  int32_t outer, size, inner;
} thimble_arg_shape;

#define THIMBLE_ARG(name, type, index_type, better)                                                 \
  THIMBLE_KERNEL void thimble_##name(const type* in, index_type* out, const thimble_arg_shape* s) { \
    for (int32_t o = 0; o < s->outer; ++o, in += s->size * s->inner)                                \
      for (int32_t i = 0; i < s->inner; ++i) {                                                      \
        type best = in[i];                                                                          \
        int32_t index = 0;                                                                          \
        for (int32_t k = 1; k < s->size; ++k) {                                                     \
          const type x = in[k * s->inner + i];                                                      \
          if (x better best) {                                                                      \
            best = x;                                                                               \
            index = k;                                                                              \
          }                                                                                         \
        }                                                                                           \
        *out++ = index;                                                                             \
      }                                                                                             \
  }
THIMBLE_ARG(argmax_s8, int8_t, int32_t, >)
THIMBLE_ARG(argmax_s32, int32_t, int32_t, >)
THIMBLE_ARG(argmax_f32, float, int32_t, >)
THIMBLE_ARG(argmin_s8, int8_t, int32_t, <)
THIMBLE_ARG(argmin_s32, int32_t, int32_t, <)
THIMBLE_ARG(argmin_f32, float, int32_t, <)
THIMBLE_ARG(argmax_s8_wide, int8_t, int64_t, >)
THIMBLE_ARG(argmax_s32_wide, int32_t, int64_t, >)
THIMBLE_ARG(argmax_f32_wide, float, int64_t, >)
THIMBLE_ARG(argmin_s8_wide, int8_t, int64_t, <)
THIMBLE_ARG(argmin_s32_wide, int32_t, int64_t, <)
THIMBLE_ARG(argmin_f32_wide, float, int64_t, <)

#endif

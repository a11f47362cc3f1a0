/* Sum, mean, maximum and minimum over axes. Each result is folded in a register, in the input's order, so nothing but the output is
 * written. Neighbouring axes of one kind are given as one; with a global mean three of the six loops run once and fall away. */
#ifndef THIMBLE_REDUCE_REF_H
#define THIMBLE_REDUCE_REF_H

#include "core/requantize.h"

/* Runs what follows with the offset `i` of every element of three axes behind `base`. */
#define THIMBLE_FOR_OFFSETS(i, base, size, stride)      \
  for (int32_t i##_0 = 0; i##_0 < (size)[0]; ++i##_0)   \
    for (int32_t i##_1 = 0; i##_1 < (size)[1]; ++i##_1) \
      for (int32_t i##_2 = 0, i = (base) + i##_0 * (stride)[0] + i##_1 * (stride)[1]; i##_2 < (size)[2]; ++i##_2, i += (stride)[2])

/* Axes that stay and axes that go, outermost first: elements, and elements of the input from one to the next. */
typedef struct {
  int32_t kept[3], kept_stride[3], reduced[3], reduced_stride[3];
  int32_t zeros; /* what as many zero points add up to */
  int32_t mantissa, shift, out_zero;
} thimble_reduce_s8_shape;

/* Sum and mean: the multiplier tells them apart. */
THIMBLE_KERNEL void thimble_sum_s8(const int8_t* in, int8_t* out, const thimble_reduce_s8_shape* s) {
  THIMBLE_FOR_OFFSETS(first, 0, s->kept, s->kept_stride) {
    int32_t sum = -s->zeros;
    THIMBLE_FOR_OFFSETS(i, first, s->reduced, s->reduced_stride) sum += in[i];
    *out++ = (int8_t)thimble_clamp(thimble_requantize(sum, s->mantissa, s->shift) + s->out_zero, -128, 127);
  }
}

typedef struct {
  int32_t kept[3], kept_stride[3], reduced[3], reduced_stride[3];
  int32_t count; /* elements that make one result */
} thimble_reduce_shape;

#define THIMBLE_REDUCE(name, type, fold_type, start, step, result)                               \
  THIMBLE_KERNEL void thimble_##name(const type* in, type* out, const thimble_reduce_shape* s) { \
    THIMBLE_FOR_OFFSETS(first, 0, s->kept, s->kept_stride) {                                     \
      fold_type y = start;                                                                       \
      THIMBLE_FOR_OFFSETS(i, first, s->reduced, s->reduced_stride) {                             \
        const fold_type x = (fold_type)in[i];                                                    \
        y = (step);                                                                              \
      }                                                                                          \
      *out++ = (type)(result);                                                                   \
    }                                                                                            \
  }
THIMBLE_REDUCE(mean_f32, float, float, 0, y + x, y / (float)s->count)
THIMBLE_REDUCE(mean_s32, int32_t, int64_t, 0, y + x, y / s->count)
THIMBLE_REDUCE(sum_f32, float, float, 0, y + x, y)
THIMBLE_REDUCE(sum_s32, int32_t, uint32_t, 0, y + x, y)
THIMBLE_REDUCE(reduce_max_s8, int8_t, int32_t, -128, x > y ? x : y, y)
THIMBLE_REDUCE(reduce_max_f32, float, float, -3.40282347e38f, x > y ? x : y, y)
THIMBLE_REDUCE(reduce_max_s32, int32_t, int32_t, INT32_MIN, x > y ? x : y, y)
THIMBLE_REDUCE(reduce_min_s8, int8_t, int32_t, 127, x < y ? x : y, y)
THIMBLE_REDUCE(reduce_min_f32, float, float, 3.40282347e38f, x < y ? x : y, y)
THIMBLE_REDUCE(reduce_min_s32, int32_t, int32_t, INT32_MAX, x < y ? x : y, y)

#endif

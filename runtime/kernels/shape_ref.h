/* A shape, which is known when the model is compiled, written where the model reads it. */
#ifndef THIMBLE_SHAPE_REF_H
#define THIMBLE_SHAPE_REF_H

#include "core/base.h"

typedef struct {
  int32_t rank;
} thimble_shape_shape;

THIMBLE_KERNEL void thimble_shape_s32(int32_t* out, const int32_t* dimensions, const thimble_shape_shape* s) {
  for (int32_t i = 0; i < s->rank; ++i) out[i] = thimble_const_s32(dimensions, i);
}

THIMBLE_KERNEL void thimble_shape_s64(int64_t* out, const int32_t* dimensions, const thimble_shape_shape* s) {
  for (int32_t i = 0; i < s->rank; ++i) out[i] = thimble_const_s32(dimensions, i);
}

#endif

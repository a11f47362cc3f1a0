/* Skeleton of runtime/kernels/example_ref.h: the C that ships, written to be read. */
#ifndef THIMBLE_EXAMPLE_REF_H
#define THIMBLE_EXAMPLE_REF_H

#include "core/base.h"

/* What is known when the model is compiled; the compiler folds it. */
typedef struct {
  int32_t elements;
  float factor;
} thimble_example_f32_shape;

THIMBLE_KERNEL void thimble_example_f32(const float* in, float* out, const thimble_example_f32_shape* s) {
  for (int32_t i = 0; i < s->elements; ++i) out[i] = s->factor * in[i];
}

#endif

/* Samples as they are, but for their scale. */
#ifndef THIMBLE_DSP_RAW_H
#define THIMBLE_DSP_RAW_H

#include "core/base.h"

typedef struct {
  int32_t values;
  float scale;
} thimble_raw_shape;

THIMBLE_KERNEL void thimble_raw(const float* in, float* out, const thimble_raw_shape* s) {
  for (int32_t i = 0; i < s->values; ++i) out[i] = in[i] * s->scale;
}

#endif

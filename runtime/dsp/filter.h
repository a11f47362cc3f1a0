/* A digital filter over a window. */
#ifndef THIMBLE_DSP_FILTER_H
#define THIMBLE_DSP_FILTER_H

#include "dsp/biquad.h"

typedef struct {
  int32_t samples, axes, sections;
} thimble_filter_shape;

/* in, out: [samples][axes], possibly the same. Each axis starts from rest. */
THIMBLE_KERNEL void thimble_filter(const float* in, float* out, const float* sections, const thimble_filter_shape* s) {
  for (int32_t axis = 0; axis < s->axes; ++axis) {
    const float* from = in + axis;
    for (int32_t f = 0; f < s->sections; ++f, from = out + axis) {
      thimble_biquad_state state = {0, 0};
      for (int32_t i = 0; i < s->samples; ++i) out[i * s->axes + axis] = thimble_biquad_step(&state, from[i * s->axes], sections + 4 * f);
    }
  }
}

#endif

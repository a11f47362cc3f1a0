/* Fewer samples a second: a low pass, and one of every `ratio` samples of what it leaves. */
#ifndef THIMBLE_DSP_DECIMATE_H
#define THIMBLE_DSP_DECIMATE_H

#include "dsp/biquad.h"

typedef struct {
  int32_t samples, axes, ratio, sections;
} thimble_decimate_shape;

#define THIMBLE_DECIMATE_SECTIONS 4

/* One of every `ratio` samples of a series, in place; returns how many those are. sections: four biquads. It begins as if the first sample
 * had been there for ever. */
THIMBLE_INLINE int32_t thimble_decimate_series(float* x, int32_t samples, int32_t ratio, const float* sections) {
  thimble_biquad_state state[THIMBLE_DECIMATE_SECTIONS];
  int32_t wait = 0, kept = 0;
  float level = x[0];
  for (int32_t f = 0; f < THIMBLE_DECIMATE_SECTIONS; ++f) level = thimble_biquad_settle(&state[f], level, sections + 4 * f);
  for (int32_t i = 0; i < samples; ++i) {
    float y = x[i];
    for (int32_t f = 0; f < THIMBLE_DECIMATE_SECTIONS; ++f) y = thimble_biquad_step(&state[f], y, sections + 4 * f);
    if (wait == 0) {
      x[kept++] = y;
      wait = ratio;
    }
    --wait;
  }
  return kept;
}

/* in: [samples][axes]; sections: as runtime/dsp/biquad.h reads them, 4 at most. Each axis begins as if its first sample had been there for
 * ever. */
THIMBLE_KERNEL void thimble_decimate(const float* in, float* out, const float* sections, const thimble_decimate_shape* s) {
  for (int32_t axis = 0; axis < s->axes; ++axis) {
    thimble_biquad_state state[THIMBLE_DECIMATE_SECTIONS];
    int32_t wait = 0, kept = 0;
    float level = in[axis];
    for (int32_t f = 0; f < s->sections; ++f) level = thimble_biquad_settle(&state[f], level, sections + 4 * f);
    for (int32_t i = 0; i < s->samples; ++i) {
      float x = in[i * s->axes + axis];
      for (int32_t f = 0; f < s->sections; ++f) x = thimble_biquad_step(&state[f], x, sections + 4 * f);
      if (wait == 0) {
        out[kept++ * s->axes + axis] = x;
        wait = s->ratio;
      }
      --wait;
    }
  }
}

#endif

/* Second-order sections of a digital filter, direct form II: w = x + a1 w' + a2 w''; y = gain (w + b1 w' + w''). The floats of a section
 * are a1, a2, gain, b1. */
#ifndef THIMBLE_DSP_BIQUAD_H
#define THIMBLE_DSP_BIQUAD_H

#include "core/base.h"

typedef struct {
  float w1, w2; /* the last two w; zeros at rest */
} thimble_biquad_state;

THIMBLE_INLINE float thimble_biquad_step(thimble_biquad_state* state, float x, const float* section) {
  const float w0 = x + thimble_const_f32(section, 0) * state->w1 + thimble_const_f32(section, 1) * state->w2;
  const float y = thimble_const_f32(section, 2) * (w0 + thimble_const_f32(section, 3) * state->w1 + state->w2);
  state->w2 = state->w1, state->w1 = w0;
  return y;
}

/* The state that a constant x leads to in the end; returns the y that comes of it. */
THIMBLE_INLINE float thimble_biquad_settle(thimble_biquad_state* state, float x, const float* section) {
  state->w1 = state->w2 = x / (1.0f - thimble_const_f32(section, 0) - thimble_const_f32(section, 1));
  return thimble_const_f32(section, 2) * (2.0f + thimble_const_f32(section, 3)) * state->w1;
}

/* A series through one section from rest, in place. */
THIMBLE_INLINE void thimble_biquad(float* x, int32_t count, const float* section) {
  thimble_biquad_state state = {0, 0};
  for (int32_t i = 0; i < count; ++i) x[i] = thimble_biquad_step(&state, x[i], section);
}

#endif

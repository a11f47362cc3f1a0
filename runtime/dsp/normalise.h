/* A window brought to a scale of its own, so that how strong it is no longer counts, only its course. */
#ifndef THIMBLE_DSP_NORMALISE_H
#define THIMBLE_DSP_NORMALISE_H

#include "core/math.h"

typedef struct {
  int32_t samples, axes;
  int32_t group;   /* axes that share one scale; it divides axes */
  int32_t centred; /* 1: each axis loses its mean first */
  int32_t root;    /* 1: of what comes out, the root of each magnitude under its sign */
  float least;     /* added to the root mean square that is divided by */
} thimble_normalise_shape;

THIMBLE_INLINE float thimble_axis_mean(const float* x, int32_t samples, int32_t axes) {
  float sum = 0;
  for (int32_t i = 0; i < samples; ++i) sum += x[i * axes];
  return sum / (float)samples;
}

/* in, out: [samples][axes], possibly the same. */
THIMBLE_KERNEL void thimble_normalise(const float* in, float* out, const thimble_normalise_shape* s) {
  for (int32_t first = 0; first < s->axes; first += s->group) {
    float squares = 0;
    for (int32_t a = first; a < first + s->group; ++a) {
      const float mean = s->centred ? thimble_axis_mean(in + a, s->samples, s->axes) : 0;
      for (int32_t i = 0; i < s->samples; ++i) {
        const float x = in[i * s->axes + a] - mean;
        out[i * s->axes + a] = x;
        squares += x * x;
      }
    }
    const float scale = thimble_sqrtf(squares / (float)(s->samples * s->group)) + s->least;
    for (int32_t a = first; a < first + s->group; ++a)
      for (int32_t i = 0; i < s->samples; ++i) {
        float* const x = &out[i * s->axes + a];
        *x /= scale;
        if (s->root) *x = *x < 0 ? -thimble_sqrtf(-*x) : thimble_sqrtf(*x);
      }
  }
}

#endif

/* Statistics of each axis of a window. */
#ifndef THIMBLE_DSP_FLATTEN_H
#define THIMBLE_DSP_FLATTEN_H

#include "dsp/statistics.h"

typedef struct {
  int32_t samples, axes;
  int32_t average, minimum, maximum, rms, stdev, skewness, kurtosis; /* whether each is wanted */
  float scale;
} thimble_flatten_shape;

/* One axis; x is its first sample. Returns the place after what it wrote. */
THIMBLE_INLINE float* thimble_flatten_axis(const float* x, float* out, const thimble_flatten_shape* s) {
  const float mean = thimble_mean(x, s->samples, s->axes);
  const thimble_moments m = thimble_moments_about(x, s->samples, s->axes, mean);
  float low = x[0], high = x[0], squares = 0;
  for (int32_t i = 0; i < s->samples; ++i) {
    const float v = x[i * s->axes];
    low = v < low ? v : low;
    high = v > high ? v : high;
    squares += v * v;
  }
  if (s->average) *out++ = mean * s->scale;
  if (s->minimum) *out++ = (s->scale < 0 ? high : low) * s->scale;
  if (s->maximum) *out++ = (s->scale < 0 ? low : high) * s->scale;
  if (s->rms) *out++ = thimble_sqrtf(squares / (float)s->samples) * (s->scale < 0 ? -s->scale : s->scale);
  if (s->stdev) *out++ = m.deviation * (s->scale < 0 ? -s->scale : s->scale);
  if (s->skewness) *out++ = s->scale < 0 ? -m.skewness : m.skewness;
  if (s->kurtosis) *out++ = m.kurtosis;
  return out;
}

/* in: [samples][axes]. */
THIMBLE_KERNEL void thimble_flatten(const float* in, float* out, const thimble_flatten_shape* s) {
  for (int32_t axis = 0; axis < s->axes; ++axis) out = thimble_flatten_axis(in + axis, out, s);
}

#endif

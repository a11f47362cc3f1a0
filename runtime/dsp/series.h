/* Slow series (gas, temperature, humidity, pressure): the course of each axis in a few points, against where it began. */
#ifndef THIMBLE_DSP_SERIES_H
#define THIMBLE_DSP_SERIES_H

#include "dsp/statistics.h"

typedef struct {
  int32_t samples, axes, points;
  int32_t baseline;                                 /* samples at the beginning whose mean is the baseline */
  int32_t values, differences, ratios, steps, span; /* whether each is wanted */
  float scale, offset;
  float least; /* a baseline nearer to 0 is taken for this when it is divided by */
} thimble_series_shape;

/* The means of `points` parts of the window, as equal as can be. */
THIMBLE_INLINE float thimble_series_point(const float* x, int32_t point, const thimble_series_shape* s) {
  const int32_t first = point * s->samples / s->points, end = (point + 1) * s->samples / s->points;
  return thimble_mean(x + first * s->axes, end - first, s->axes) * s->scale + s->offset;
}

/* in: [samples][axes]. out, for each axis: the points, their differences to the baseline, their ratios to it, the steps from point to
 * point, and how far apart the least and the largest point are: as many of these as are wanted. */
THIMBLE_KERNEL void thimble_series(const float* in, float* out, const thimble_series_shape* s) {
  for (int32_t axis = 0; axis < s->axes; ++axis) {
    const float* const x = in + axis;
    const float base = thimble_mean(x, s->baseline, s->axes) * s->scale + s->offset;
    const float divisor = base < s->least && base > -s->least ? (base < 0 ? -s->least : s->least) : base;
    float low = thimble_series_point(x, 0, s), high = low, before = low;
    float *const values = out, *const differences = values + (s->values ? s->points : 0),
                 *const ratios = differences + (s->differences ? s->points : 0), *const steps = ratios + (s->ratios ? s->points : 0);
    for (int32_t p = 0; p < s->points; ++p) {
      const float v = thimble_series_point(x, p, s);
      if (s->values) values[p] = v;
      if (s->differences) differences[p] = v - base;
      if (s->ratios) ratios[p] = v / divisor;
      if (s->steps && p > 0) steps[p - 1] = v - before;
      low = v < low ? v : low, high = v > high ? v : high, before = v;
    }
    out = steps + (s->steps ? s->points - 1 : 0);
    if (s->span) *out++ = high - low;
  }
}

#endif

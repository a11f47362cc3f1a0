/* Heart rate and its variability from an optical pulse (PPG) or an electrocardiogram.
 *
 * The band of the beats is squared and averaged over the length of a peak and over that of a beat; where the short mean exceeds the long
 * one for as long as a peak lasts, the largest sample between is a beat (two moving averages, after Elgendi, 2010 and 2013). */
#ifndef THIMBLE_DSP_HEART_H
#define THIMBLE_DSP_HEART_H

#include "dsp/biquad.h"
#include "dsp/wavelet.h"

typedef struct {
  int32_t samples, sections;
  int32_t peak, beat;      /* samples that a peak and a beat last, odd */
  int32_t most;            /* beats that are looked at */
  float rate;              /* samples a second */
  float scale;             /* of the samples: -1 turns them over */
  float offset;            /* how much of the mean energy the short average must exceed the long one by */
  float shortest, longest; /* milliseconds from beat to beat that can be true */
  float spread;            /* an interval is left out that differs by more than this share from the median */
} thimble_heart_shape;

#define THIMBLE_HEART_FEATURES 6

/* Sum of x over [i - reach, i + reach], cut at the ends, from that over the same around i - 1. */
THIMBLE_INLINE float thimble_heart_slide(float sum, const float* x, int32_t i, int32_t reach, int32_t count) {
  if (i + reach < count) sum += x[i + reach];
  if (i - reach - 1 >= 0) sum -= x[i - reach - 1];
  return sum;
}

/* The top of the parabola through three samples, as a distance from the middle one. */
THIMBLE_INLINE float thimble_heart_top(const float* x, int32_t i, int32_t count) {
  float curve;
  if (i == 0 || i == count - 1) return 0;
  curve = x[i - 1] - 2.0f * x[i] + x[i + 1];
  return curve < 0 ? 0.5f * (x[i - 1] - x[i + 1]) / curve : 0.0f;
}

/* The places of the beats, in samples; returns how many. energy: of x, positive where a beat can be. */
THIMBLE_INLINE int32_t thimble_heart_beats(const float* x, const float* energy, float* beats, const thimble_heart_shape* s) {
  const float threshold = s->offset * thimble_mean(energy, s->samples, 1);
  int32_t count = 0, length = 0, best = 0;
  float near = 0, wide = 0;
  for (int32_t i = 0; i < s->peak / 2; ++i) near += energy[i];
  for (int32_t i = 0; i < s->beat / 2; ++i) wide += energy[i];
  for (int32_t i = 0; i <= s->samples; ++i) {
    int32_t inside = 0;
    if (i < s->samples) {
      near = thimble_heart_slide(near, energy, i, s->peak / 2, s->samples);
      wide = thimble_heart_slide(wide, energy, i, s->beat / 2, s->samples);
      inside = near / (float)s->peak > wide / (float)s->beat + threshold;
    }
    if (inside) {
      if (length++ == 0 || x[i] > x[best]) best = i;
    } else {
      if (length >= s->peak && count < s->most) beats[count++] = (float)best + thimble_heart_top(x, best, s->samples);
      length = 0;
    }
  }
  return count;
}

/* Beats a minute, and in milliseconds the root mean square of successive differences and the deviation of the intervals, the percentage of
 * differences above 50 ms, how many intervals were used, and the share that was left out. All 0 where fewer than two are good. */
THIMBLE_INLINE void thimble_heart_variability(float* interval, float* sorted, int32_t count, float* out, const thimble_heart_shape* s) {
  float median, mean = 0, squares = 0, differences = 0;
  int32_t good = 0, pairs = 0, large = 0;
  for (int32_t i = 0; i < THIMBLE_HEART_FEATURES; ++i) out[i] = 0;
  for (int32_t i = 0; i < count; ++i)
    if (interval[i] >= s->shortest && interval[i] <= s->longest) sorted[good++] = interval[i];
  out[5] = count > 0 ? 1.0f : 0.0f;
  if (good < 2) return;
  thimble_sort(sorted, good);
  median = sorted[good / 2];
  good = 0;
  for (int32_t i = 0; i < count; ++i) {
    if (thimble_fabsf(interval[i] - median) > s->spread * median) {
      interval[i] = 0; /* neither this one nor the difference to its neighbours counts */
      continue;
    }
    mean += interval[i], ++good;
    if (i > 0 && interval[i - 1] > 0) {
      const float d = interval[i] - interval[i - 1];
      differences += d * d, ++pairs;
      large += thimble_fabsf(d) > 50.0f;
    }
  }
  if (good < 2) return;
  mean /= (float)good;
  for (int32_t i = 0; i < count; ++i)
    if (interval[i] > 0) squares += (interval[i] - mean) * (interval[i] - mean);
  out[0] = 60000.0f / mean;
  if (pairs > 0) out[1] = thimble_sqrtf(differences / (float)pairs);
  out[2] = thimble_sqrtf(squares / (float)good);
  if (pairs > 0) out[3] = 100.0f * (float)large / (float)pairs;
  out[4] = (float)good;
  out[5] = (float)(count - good) / (float)count;
}

/* in: one axis. scratch: 2 samples + 2 most floats. */
THIMBLE_KERNEL void thimble_heart(const float* in, float* out, const float* sections, void* scratch, const thimble_heart_shape* s) {
  float *const x = (float*)scratch, *const energy = x + s->samples, *const beats = energy + s->samples, *const sorted = beats + s->most;
  int32_t count;
  for (int32_t i = 0; i < s->samples; ++i) x[i] = in[i] * s->scale;
  for (int32_t f = 0; f < s->sections; ++f) {
    thimble_biquad_state state;
    thimble_biquad_settle(&state, x[0], sections + 4 * f);
    for (int32_t i = 0; i < s->samples; ++i) x[i] = thimble_biquad_step(&state, x[i], sections + 4 * f);
  }
  for (int32_t i = 0; i < s->samples; ++i) energy[i] = x[i] > 0 ? x[i] * x[i] : 0.0f;
  count = thimble_heart_beats(x, energy, beats, s);
  for (int32_t i = 0; i + 1 < count; ++i) beats[i] = (beats[i + 1] - beats[i]) * 1000.0f / s->rate;
  thimble_heart_variability(beats, sorted, count > 0 ? count - 1 : 0, out, s);
}

#endif

/* Wavelet analysis: a series is split into ever slower components, and each is described by the distribution of its values. */
#ifndef THIMBLE_DSP_WAVELET_H
#define THIMBLE_DSP_WAVELET_H

#include "dsp/biquad.h"
#include "dsp/cmvn.h"
#include "dsp/statistics.h"

#define THIMBLE_WAVELET_FEATURES 14

typedef struct {
  int32_t samples, axes, sections, levels;
  int32_t taps; /* of each of the two filters */
  float scale;
} thimble_wavelet_shape;

/* Every other value of the series through a filter; beyond its ends the series goes on as in a mirror. Returns how many those are. */
THIMBLE_INLINE int32_t thimble_wavelet_half(const float* x, int32_t count, float* out, const float* filter, int32_t taps) {
  const int32_t half = (count + taps - 1) / 2;
  for (int32_t k = 0; k < half; ++k) {
    float sum = 0;
    for (int32_t j = 0; j < taps; ++j) sum += thimble_const_f32(filter, j) * x[thimble_mirrored(2 * k + 1 - j, count)];
    out[k] = sum;
  }
  return half;
}

/* Ascending, in place: a heap. */
THIMBLE_MATH void thimble_sort(float* x, int32_t count) {
  for (int32_t start = count / 2, end = count; end > 1;) {
    int32_t root, child;
    float value;
    if (start > 0) {
      value = x[--start];
    } else {
      value = x[--end];
      x[end] = x[0];
    }
    for (root = start; (child = 2 * root + 1) < end; root = child) {
      if (child + 1 < end && x[child] < x[child + 1]) ++child;
      if (!(value < x[child])) break;
      x[root] = x[child];
    }
    x[root] = value;
  }
}

/* How often the series goes from one side of the level to the other, per value. */
THIMBLE_INLINE float thimble_crossings(const float* x, int32_t count, float level) {
  int32_t crossings = 0;
  for (int32_t i = 1; i < count; ++i) crossings += (x[i - 1] < level) != (x[i] < level);
  return (float)crossings / (float)count;
}

/* Natural logarithm's entropy of the values over 100 equal bins from the least to the largest; x ascends. */
THIMBLE_INLINE float thimble_entropy(const float* x, int32_t count) {
  const float width = x[count - 1] - x[0];
  float entropy = 0;
  for (int32_t i = 0, next; i < count; i = next) {
    const int32_t bin = width > 0 ? thimble_clamp((int32_t)((x[i] - x[0]) / width * 100.0f), 0, 99) : 0;
    float share;
    for (next = i + 1; next < count; ++next)
      if (width > 0 && thimble_clamp((int32_t)((x[next] - x[0]) / width * 100.0f), 0, 99) != bin) break;
    share = (float)(next - i) / (float)count;
    entropy -= share * thimble_logf(share);
  }
  return entropy;
}

/* The value that p hundredths of the others are below; x ascends. */
THIMBLE_INLINE float thimble_percentile(const float* x, int32_t count, int32_t p) { return x[(p * (count - 1) + 50) / 100]; }

/* Sorts x. */
THIMBLE_MATH void thimble_wavelet_features(float* x, int32_t count, float* out) {
  const float mean = thimble_mean(x, count, 1);
  const thimble_moments m = thimble_moments_about(x, count, 1, mean);
  out[1] = thimble_crossings(x, count, 0);
  out[2] = thimble_crossings(x, count, mean);
  out[8] = mean;
  out[9] = m.deviation;
  out[10] = count > 1 ? m.deviation * m.deviation * (float)count / (float)(count - 1) : 0.0f;
  out[11] = thimble_sqrtf(m.deviation * m.deviation + mean * mean);
  out[12] = m.skewness;
  out[13] = m.kurtosis;
  thimble_sort(x, count);
  out[0] = thimble_entropy(x, count);
  out[3] = thimble_percentile(x, count, 5);
  out[4] = thimble_percentile(x, count, 25);
  out[5] = thimble_percentile(x, count, 75);
  out[6] = thimble_percentile(x, count, 95);
  out[7] = thimble_percentile(x, count, 50);
}

/* in: [samples][axes]. out, for each axis: 14 numbers of the slowest component, then those of the details, the slowest first. scratch:
 * samples + 2 ((samples + taps - 1) / 2) floats. */
THIMBLE_KERNEL void thimble_wavelet(const float* in, float* out, const float* sections, const float* low, const float* high, void* scratch,
                                    const thimble_wavelet_shape* s) {
  const int32_t most = (s->samples + s->taps - 1) / 2;
  for (int32_t axis = 0; axis < s->axes; ++axis, out += THIMBLE_WAVELET_FEATURES * (s->levels + 1)) {
    float *x = (float*)scratch, *slow = x + s->samples, *const detail = slow + most, *other;
    int32_t count = s->samples;
    float mean;
    for (int32_t i = 0; i < count; ++i) x[i] = in[i * s->axes + axis] * s->scale;
    for (int32_t f = 0; f < s->sections; ++f) thimble_biquad(x, count, sections + 4 * f);
    mean = thimble_mean(x, count, 1);
    for (int32_t i = 0; i < count; ++i) x[i] -= mean;
    for (int32_t level = 0; level < s->levels; ++level) {
      const int32_t half = thimble_wavelet_half(x, count, detail, high, s->taps);
      thimble_wavelet_features(detail, half, out + THIMBLE_WAVELET_FEATURES * (s->levels - level));
      count = thimble_wavelet_half(x, count, slow, low, s->taps);
      other = x, x = slow, slow = other;
    }
    thimble_wavelet_features(x, count, out);
  }
}

#endif

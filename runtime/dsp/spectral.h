/* Spectral analysis of motion and other slow series: per axis level, shape of the distribution, and the largest power each frequency
 * reaches over overlapping frames. */
#ifndef THIMBLE_DSP_SPECTRAL_H
#define THIMBLE_DSP_SPECTRAL_H

#include "core/fft.h"
#include "dsp/decimate.h"
#include "dsp/statistics.h"

typedef struct {
  int32_t samples, axes, fft, hop, sections;
  int32_t thirds, tenths; /* decimations by 3 and by 10 before everything else */
  int32_t first_bin, bins;
  int32_t low_bins; /* of the same after one more decimation by 10, whose features come behind all others; 0: not wanted */
  int32_t low_first_bin;
  int32_t log;   /* powers as log10 */
  int32_t shape; /* skewness and kurtosis of the spectrum too */
  float scale;
} thimble_spectral_shape;

/* The largest |X[k]|^2 / N over the frames of x, the last one filled up with zeros. frame: fft floats. */
THIMBLE_INLINE void thimble_spectral_power(const float* x, int32_t samples, float* power, float* frame, const float* passes,
                                           const float* split, const thimble_spectral_shape* s) {
  const int32_t half = s->fft / 2;
  const float scale = 1.0f / (float)s->fft; /* exact: a power of two */
  for (int32_t k = 0; k <= half; ++k) power[k] = 0;
  for (int32_t first = 0; first < samples; first += s->hop) {
    for (int32_t i = 0; i < s->fft; ++i) frame[i] = first + i < samples ? x[first + i] : 0.0f;
    thimble_real_fft(frame, s->fft, passes, split);
    for (int32_t k = 0; k <= half; ++k) {
      const float re = frame[k == half ? 1 : 2 * k], im = k == 0 || k == half ? 0.0f : frame[2 * k + 1];
      const float p = (re * re + im * im) * scale;
      if (p > power[k]) power[k] = p;
    }
  }
}

/* One axis, scaled, decimated and filtered; returns how many samples that leaves. */
THIMBLE_INLINE int32_t thimble_spectral_samples(const float* in, float* x, const float* sections, const float* thirds, const float* tenths,
                                                const thimble_spectral_shape* s) {
  int32_t samples = s->samples;
  for (int32_t i = 0; i < samples; ++i) x[i] = in[i * s->axes] * s->scale;
  for (int32_t n = 0; n < s->thirds; ++n) samples = thimble_decimate_series(x, samples, 3, thirds);
  for (int32_t n = 0; n < s->tenths; ++n) samples = thimble_decimate_series(x, samples, 10, tenths);
  for (int32_t f = 0; f < s->sections; ++f) thimble_biquad(x, samples, sections + 4 * f);
  return samples;
}

/* in: [samples][axes]. sections, thirds, tenths: four floats per biquad of the filter and of the two decimators. scratch: samples + fft +
 * fft/2 + 1 floats. */
THIMBLE_KERNEL void thimble_spectral(const float* in, float* out, const float* sections, const float* thirds, const float* tenths,
                                     const float* passes, const float* split, void* scratch, const thimble_spectral_shape* s) {
  float *const x = (float*)scratch, *const frame = x + s->samples, *const power = frame + s->fft;
  for (int32_t part = 0; part < (s->low_bins ? 2 : 1) * s->axes; ++part) {
    const int32_t low = part >= s->axes, first = low ? s->low_first_bin : s->first_bin, bins = low ? s->low_bins : s->bins;
    int32_t samples = thimble_spectral_samples(in + (low ? part - s->axes : part), x, sections, thirds, tenths, s);
    thimble_moments m;
    float mean;
    if (low) samples = thimble_decimate_series(x, samples, 10, tenths);
    mean = thimble_mean(x, samples, 1);
    for (int32_t i = 0; i < samples; ++i) x[i] -= mean;
    m = thimble_moments_about(x, samples, 1, 0);
    *out++ = m.deviation, *out++ = m.skewness, *out++ = m.kurtosis;
    thimble_spectral_power(x, samples, power, frame, passes, split, s);
    if (s->shape) {
      m = thimble_moments_about(power, s->fft / 2 + 1, 1, thimble_mean(power, s->fft / 2 + 1, 1));
      *out++ = m.skewness, *out++ = m.kurtosis;
    }
    for (int32_t k = first; k < first + bins; ++k)
      *out++ = s->log ? thimble_logf(power[k] > 0 ? power[k] : 1e-10f) * 0.434294482f : power[k];
  }
}

#endif

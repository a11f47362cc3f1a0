/* Spectral analysis of motion and other slow series: per axis level, shape of the distribution, and the largest power each frequency
 * reaches over overlapping frames. */
#ifndef THIMBLE_DSP_SPECTRAL_H
#define THIMBLE_DSP_SPECTRAL_H

#include "core/fft.h"
#include "dsp/biquad.h"
#include "dsp/statistics.h"

typedef struct {
  int32_t samples, axes, fft, hop, first_bin, bins, sections;
  int32_t log;   /* powers as log10 */
  int32_t shape; /* skewness and kurtosis of the spectrum too */
  float scale;
} thimble_spectral_shape;

/* The largest |X[k]|^2 / N over the frames of x, the last one filled up with zeros. frame: fft floats. */
THIMBLE_INLINE void thimble_spectral_power(const float* x, float* power, float* frame, const float* passes, const float* split,
                                           const thimble_spectral_shape* s) {
  const int32_t half = s->fft / 2;
  const float scale = 1.0f / (float)s->fft; /* exact: a power of two */
  for (int32_t k = 0; k <= half; ++k) power[k] = 0;
  for (int32_t first = 0; first < s->samples; first += s->hop) {
    for (int32_t i = 0; i < s->fft; ++i) frame[i] = first + i < s->samples ? x[first + i] : 0.0f;
    thimble_real_fft(frame, s->fft, passes, split);
    for (int32_t k = 0; k <= half; ++k) {
      const float re = frame[k == half ? 1 : 2 * k], im = k == 0 || k == half ? 0.0f : frame[2 * k + 1];
      const float p = (re * re + im * im) * scale;
      if (p > power[k]) power[k] = p;
    }
  }
}

/* in: [samples][axes]. sections: four floats per biquad. scratch: samples + fft + fft/2 + 1 floats. */
THIMBLE_KERNEL void thimble_spectral(const float* in, float* out, const float* sections, const float* passes, const float* split,
                                     void* scratch, const thimble_spectral_shape* s) {
  float *const x = (float*)scratch, *const frame = x + s->samples, *const power = frame + s->fft;
  for (int32_t axis = 0; axis < s->axes; ++axis) {
    thimble_moments m;
    float mean;
    for (int32_t i = 0; i < s->samples; ++i) x[i] = in[i * s->axes + axis] * s->scale;
    for (int32_t f = 0; f < s->sections; ++f) thimble_biquad(x, s->samples, sections + 4 * f);
    mean = thimble_mean(x, s->samples, 1);
    for (int32_t i = 0; i < s->samples; ++i) x[i] -= mean;
    m = thimble_moments_about(x, s->samples, 1, 0);
    *out++ = m.deviation, *out++ = m.skewness, *out++ = m.kurtosis;
    thimble_spectral_power(x, power, frame, passes, split, s);
    if (s->shape) {
      m = thimble_moments_about(power, s->fft / 2 + 1, 1, thimble_mean(power, s->fft / 2 + 1, 1));
      *out++ = m.skewness, *out++ = m.kurtosis;
    }
    for (int32_t k = s->first_bin; k < s->first_bin + s->bins; ++k)
      *out++ = s->log ? thimble_logf(power[k] > 0 ? power[k] : 1e-10f) * 0.434294482f : power[k];
  }
}

#endif

/* Mel-frequency cepstral coefficients, brought to mean 0 and deviation 1 over a sliding window. */
#ifndef THIMBLE_DSP_MFCC_H
#define THIMBLE_DSP_MFCC_H

#include "dsp/mel.h"

typedef struct {
  thimble_frames_shape frames;
  int32_t filters, coefficients;
  int32_t window; /* frames that a coefficient is compared with, odd; 0: none */
  float least;    /* smallest deviation that is divided by */
} thimble_mfcc_shape;

/* Row r of a matrix of `rows` that goes on beyond its ends as in a mirror. */
THIMBLE_INLINE int32_t thimble_mirrored(int32_t r, int32_t rows) {
  while (r < 0 || r >= rows) r = r < 0 ? -1 - r : 2 * rows - 1 - r;
  return r;
}

/* Each value less the mean of its column over the window around it; then each divided by the deviation of what that left. column: 2 rows
 * floats. */
THIMBLE_INLINE void thimble_normalise_column(float* x, float* column, const thimble_mfcc_shape* s) {
  const int32_t rows = s->frames.frames, reach = s->window / 2, step = s->coefficients;
  float* const centred = column + rows;
  for (int32_t r = 0; r < rows; ++r) column[r] = x[r * step];
  for (int32_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (int32_t i = r - reach; i <= r + reach; ++i) sum += column[thimble_mirrored(i, rows)];
    centred[r] = column[r] - sum / (float)s->window;
  }
  for (int32_t r = 0; r < rows; ++r) {
    float sum = 0, squares = 0, mean;
    for (int32_t i = r - reach; i <= r + reach; ++i) sum += centred[thimble_mirrored(i, rows)];
    mean = sum / (float)s->window;
    for (int32_t i = r - reach; i <= r + reach; ++i) {
      const float d = centred[thimble_mirrored(i, rows)] - mean;
      squares += d * d;
    }
    x[r * step] = centred[r] / (thimble_sqrtf(squares / (float)s->window) + s->least);
  }
}

/* cosines: [coefficient][filter] of the orthonormal transform; coefficient 0 gives way to the log of the frame's energy.
 * scratch: the larger of fft + 1 + filters and 2 frames floats. */
THIMBLE_KERNEL void thimble_mfcc(const float* in, float* out, const float* passes, const float* split, const int16_t* edges,
                                 const float* cosines, void* scratch, const thimble_mfcc_shape* s) {
  float *const frame = (float*)scratch, *const energies = frame + s->frames.fft + 1;
  float* row = out;
  for (int32_t i = 0; i < s->frames.frames; ++i, row += s->coefficients) {
    float energy;
    thimble_frame(in, frame, i, &s->frames);
    energy = thimble_frame_power(frame, passes, split, &s->frames);
    thimble_mel_energies(frame, energies, edges, s->filters);
    for (int32_t f = 0; f < s->filters; ++f) energies[f] = thimble_logf(energies[f]);
    row[0] = thimble_logf(energy > 0 ? energy : 1e-10f);
    for (int32_t c = 1; c < s->coefficients; ++c) {
      float sum = 0;
      for (int32_t f = 0; f < s->filters; ++f) sum += energies[f] * thimble_const_f32(cosines, c * s->filters + f);
      row[c] = sum;
    }
  }
  if (s->window > 0)
    for (int32_t c = 0; c < s->coefficients; ++c) thimble_normalise_column(out + c, frame, s);
}

#endif

/* Mel-frequency cepstral coefficients, brought to mean 0 and deviation 1 over a sliding window. */
#ifndef THIMBLE_DSP_MFCC_H
#define THIMBLE_DSP_MFCC_H

#include "dsp/cmvn.h"
#include "dsp/mel.h"

typedef struct {
  thimble_frames_shape frames;
  int32_t filters, coefficients;
  thimble_cmvn_shape cmvn; /* window 0: the coefficients stay as they are */
} thimble_mfcc_shape;

/* cosines: [coefficient][filter] of the orthonormal transform; coefficient 0 gives way to the log of the frame's energy.
 * scratch: the larger of fft + 1 + filters and those of the normalisation. */
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
  if (s->cmvn.window > 0) thimble_cmvn(out, out, scratch, &s->cmvn);
}

#endif

/* The power of each frequency over time. */
#ifndef THIMBLE_DSP_SPECTROGRAM_H
#define THIMBLE_DSP_SPECTROGRAM_H

#include "dsp/mel.h"

typedef struct {
  thimble_frames_shape frames;
  float floor; /* decibels that become 0 */
  float most;  /* what results are cut at */
} thimble_spectrogram_shape;

/* Each frame's fft/2 + 1 powers in decibels, from the noise floor to 12 dB laid over [0, 1]. scratch: fft + 1 floats. */
THIMBLE_KERNEL void thimble_spectrogram(const float* in, float* out, const float* passes, const float* split, void* scratch,
                                        const thimble_spectrogram_shape* s) {
  float* const frame = (float*)scratch;
  for (int32_t i = 0; i < s->frames.frames; ++i) {
    thimble_frame(in, frame, i, &s->frames);
    thimble_frame_power(frame, passes, split, &s->frames);
    for (int32_t k = 0; k <= s->frames.fft / 2; ++k)
      *out++ = thimble_clampf((thimble_decibels(frame[k]) - s->floor) / (12.0f - s->floor), 0.0f, s->most);
  }
}

#endif

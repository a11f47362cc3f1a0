/* Sound cut into overlapping frames, and the power of each frame's spectrum. */
#ifndef THIMBLE_DSP_FRAMES_H
#define THIMBLE_DSP_FRAMES_H

#include "core/fft.h"

typedef struct {
  int32_t samples, frames, length, stride, fft;
  int32_t
      wrap;   /* what comes before a frame's first sample: 0: that sample once more; 1: the sample before it, the window's last at first */
  float gain; /* of the samples */
  float pre_emphasis; /* y[n] = x[n] - pre_emphasis x[n - 1] */
} thimble_frames_shape;

/* Frame number `index`, cut or filled up with zeros to the length of the transform. */
THIMBLE_INLINE void thimble_frame(const float* in, float* frame, int32_t index, const thimble_frames_shape* s) {
  const int32_t first = index * s->stride, count = s->length < s->fft ? s->length : s->fft;
  float before = in[!s->wrap ? first : first > 0 ? first - 1 : s->samples - 1] * s->gain;
  int32_t i = 0;
  for (; i < count; ++i) {
    const float x = in[first + i] * s->gain;
    frame[i] = x - s->pre_emphasis * before;
    before = x;
  }
  for (; i < s->fft; ++i) frame[i] = 0.0f;
}

/* |X[k]|^2 / N for k from 0 to N/2, over the frame itself, which has N + 1 floats. Returns their sum. */
THIMBLE_INLINE float thimble_frame_power(float* frame, const float* passes, const float* split, const thimble_frames_shape* s) {
  const int32_t half = s->fft / 2;
  const float scale = 1.0f / (float)s->fft; /* exact: a power of two */
  float last, sum;
  thimble_real_fft(frame, s->fft, passes, split);
  last = frame[1] * frame[1] * scale;
  sum = frame[0] = frame[0] * frame[0] * scale;
  for (int32_t k = 1; k < half; ++k) {
    frame[k] = (frame[2 * k] * frame[2 * k] + frame[2 * k + 1] * frame[2 * k + 1]) * scale;
    sum += frame[k];
  }
  frame[half] = last;
  return sum + last;
}

#endif

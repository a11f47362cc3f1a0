/* Energies of a sound in bands that are equally wide on the mel scale. */
#ifndef THIMBLE_DSP_MEL_H
#define THIMBLE_DSP_MEL_H

#include "core/math.h"
#include "dsp/frames.h"

/* The energies of the filters, triangles over the power spectrum between neighbouring edges (whole bins, one more than there are filters at
 * either side): weight (k - low) / (peak - low) going up, (high - k) / (high - peak) going down. */
THIMBLE_INLINE void thimble_mel_energies(const float* power, float* out, const int16_t* edges, int32_t filters) {
  for (int32_t f = 0; f < filters; ++f) {
    const int32_t low = thimble_const_s16(edges, f), peak = thimble_const_s16(edges, f + 1), high = thimble_const_s16(edges, f + 2);
    float sum = 0;
    for (int32_t k = low + 1; k < peak; ++k) sum += power[k] * ((float)(k - low) / (float)(peak - low));
    for (int32_t k = peak; k < high; ++k) sum += power[k] * ((float)(high - k) / (float)(high - peak));
    out[f] = sum > 0 ? sum : 1e-10f;
  }
}

THIMBLE_INLINE float thimble_decibels(float power) { return thimble_logf(power > 1e-30f ? power : 1e-30f) * 4.34294482f; }

typedef struct {
  thimble_frames_shape frames;
  int32_t filters;
  float floor; /* decibels that become 0 */
  float steps; /* levels between 0 and 1; 0: as many as there are floats */
} thimble_mfe_shape;

/* Each frame's energies in decibels, from the noise floor to 12 dB laid over [0, 1]. scratch: fft + 1 floats. */
THIMBLE_KERNEL void thimble_mfe(const float* in, float* out, const float* passes, const float* split, const int16_t* edges, void* scratch,
                                const thimble_mfe_shape* s) {
  float* const frame = (float*)scratch;
  for (int32_t i = 0; i < s->frames.frames; ++i, out += s->filters) {
    thimble_frame(in, frame, i, &s->frames);
    thimble_frame_power(frame, passes, split, &s->frames);
    thimble_mel_energies(frame, out, edges, s->filters);
    for (int32_t f = 0; f < s->filters; ++f) {
      const float level = thimble_clampf((thimble_decibels(out[f]) - s->floor) / (12.0f - s->floor), 0.0f, 1.0f);
      out[f] = s->steps > 0 ? thimble_round_evenf(level * s->steps) / s->steps : level;
    }
  }
}

#endif

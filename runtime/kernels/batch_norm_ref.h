/* y = x * scale + shift, one pair per channel (the last axis). */
#ifndef THIMBLE_BATCH_NORM_REF_H
#define THIMBLE_BATCH_NORM_REF_H

#include "core/base.h"

typedef struct {
  int32_t pixels, channels;
} thimble_batch_norm_shape;

THIMBLE_KERNEL void thimble_batch_norm_f32(const float* in, float* out, const float* scale, const float* shift,
                                           const thimble_batch_norm_shape* s) {
  int32_t pixel, c;
  for (pixel = 0; pixel < s->pixels; ++pixel, in += s->channels, out += s->channels)
    for (c = 0; c < s->channels; ++c) out[c] = in[c] * thimble_const_f32(scale, c) + thimble_const_f32(shift, c);
}

#endif

/* Softmax of int16 along the last axis, by a table of exponentials and one of reciprocals. In place is fine. */
#ifndef THIMBLE_SOFTMAX_S16_REF_H
#define THIMBLE_SOFTMAX_S16_REF_H

#include "core/int16_functions.h"

typedef struct {
  int32_t rows, depth;
  int32_t mantissa, shift; /* from differences to steps of the table of exponentials */
} thimble_softmax_s16_shape;

/* exps: over [-10, 0]; reciprocals: 1 / (1 + x) over [0, 1]. The exponentials of a row stand in the output until their sum is known. */
THIMBLE_KERNEL void thimble_softmax_s16(const int16_t* in, int16_t* out, const int16_t* exps, const int16_t* reciprocals,
                                        const thimble_softmax_s16_shape* s) {
  int32_t row, c;
  for (row = 0; row < s->rows; ++row, in += s->depth, out += s->depth) {
    int32_t max = in[0], reciprocal;
    uint32_t sum = 0, scaled;
    int bits = 30;
    for (c = 1; c < s->depth; ++c) max = in[c] > max ? in[c] : max;
    for (c = 0; c < s->depth; ++c) {
      const int32_t at = thimble_requantize(in[c] - max, s->mantissa, (int)s->shift) + 32767;
      out[c] = (int16_t)thimble_look_up_s16(exps, at < -32768 ? -32768 : at);
      sum += (uint32_t)out[c];
    }
    for (scaled = sum; scaled < 0x40000000u; scaled <<= 1) --bits;
    reciprocal = (int32_t)((scaled + (1u << 13)) >> 14) - 98304; /* of the sum brought to [1, 2) */
    reciprocal = thimble_look_up_s16(reciprocals, reciprocal > 32767 ? 32767 : reciprocal);
    for (c = 0; c < s->depth; ++c) out[c] = (int16_t)thimble_clamp((out[c] * reciprocal + ((int32_t)1 << (bits - 1))) >> bits, 0, 32767);
  }
}

#endif

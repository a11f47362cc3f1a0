/* Long short-term memory over a sequence. Tables of weights and biases hold the input, forget, cell and output gate one after another. */
#ifndef THIMBLE_LSTM_REF_H
#define THIMBLE_LSTM_REF_H

#include "core/fixed_point16.h"
#include "core/math.h"

typedef struct {
  int32_t batches, steps, features, cells, batch_step, time_step; /* steps between rows of the input and the output */
  int32_t hidden_mantissa, hidden_shift, hidden_zero, cell_bits, cell_clip;
} thimble_lstm_s8_shape;

/* Gate `g` of cell `j`, in Q0.15. The zero points are folded into both biases. */
THIMBLE_INLINE int32_t thimble_lstm_gate_s8(int32_t g, int32_t j, const int8_t* x, const int8_t* last, const int8_t* weights,
                                            const int8_t* recurrent, const int32_t* bias, const int32_t* recurrent_bias,
                                            const int32_t* mantissas, const int8_t* shifts, const thimble_lstm_s8_shape* s) {
  const int32_t row = g * s->cells + j;
  const int8_t *w = weights + row * s->features, *r = recurrent + row * s->cells;
  int32_t sum = thimble_const_s32(bias, row), half, k;
  for (k = 0; k < s->features; ++k) sum += thimble_const_s8(w, k) * x[k];
  half = thimble_saturate16(thimble_requantize(sum, thimble_const_s32(mantissas, g), thimble_const_s8(shifts, g)));
  sum = thimble_const_s32(recurrent_bias, row);
  for (k = 0; k < s->cells; ++k) sum += thimble_const_s8(r, k) * last[k];
  sum = thimble_saturate16(half + thimble_requantize(sum, thimble_const_s32(mantissas, g + 4), thimble_const_s8(shifts, g + 4)));
  return g == 2 ? thimble_tanh16(sum, 3) : thimble_logistic16(sum);
}

/* mantissas and shifts: four of the input's sums, four of the output state's. */
THIMBLE_KERNEL void thimble_lstm_s8(const int8_t* in, int8_t* last, int16_t* cell, int8_t* out, const int8_t* weights,
                                    const int8_t* recurrent, const int32_t* bias, const int32_t* recurrent_bias, const int32_t* mantissas,
                                    const int8_t* shifts, const thimble_lstm_s8_shape* s) {
  for (int32_t batch = 0; batch < s->batches; ++batch, last += s->cells, cell += s->cells)
    for (int32_t t = 0; t < s->steps; ++t) {
      const int32_t row = batch * s->batch_step + t * s->time_step;
      int8_t* y = out + row * s->cells;
      for (int32_t j = 0; j < s->cells; ++j) {
        int32_t gates[4], next, hidden;
        for (int32_t g = 0; g < 4; ++g)
          gates[g] =
              thimble_lstm_gate_s8(g, j, in + row * s->features, last, weights, recurrent, bias, recurrent_bias, mantissas, shifts, s);
        next = thimble_rounding_shift_right(gates[1] * cell[j], 15) +
               thimble_rounding_shift_right(gates[0] * gates[2], (int)(15 + s->cell_bits));
        next = thimble_saturate16(next);
        if (s->cell_clip > 0) next = thimble_clamp(next, -s->cell_clip, s->cell_clip);
        cell[j] = (int16_t)next;
        hidden = thimble_requantize(gates[3] * thimble_tanh16(next, s->cell_bits), s->hidden_mantissa, (int)s->hidden_shift);
        y[j] = (int8_t)thimble_clamp(hidden + s->hidden_zero, -128, 127);
      }
      memcpy(last, y, (size_t)s->cells);
    }
}

typedef struct {
  int32_t batches, steps, features, cells, batch_step, time_step; /* steps between rows of the input and the output */
  float cell_clip;
} thimble_lstm_f32_shape;

/* The sum of gate `g` of cell `j`. */
THIMBLE_INLINE float thimble_lstm_gate_f32(int32_t g, int32_t j, const float* x, const float* last, const float* weights,
                                           const float* recurrent, const float* bias, const thimble_lstm_f32_shape* s) {
  const int32_t row = g * s->cells + j;
  float from_input = 0, from_last = 0;
  for (int32_t k = 0; k < s->features; ++k) from_input += thimble_const_f32(weights, row * s->features + k) * x[k];
  for (int32_t k = 0; k < s->cells; ++k) from_last += thimble_const_f32(recurrent, row * s->cells + k) * last[k];
  return thimble_const_f32(bias, row) + from_input + from_last;
}

THIMBLE_KERNEL void thimble_lstm_f32(const float* in, float* last, float* cell, float* out, const float* weights, const float* recurrent,
                                     const float* bias, const thimble_lstm_f32_shape* s) {
  for (int32_t batch = 0; batch < s->batches; ++batch, last += s->cells, cell += s->cells)
    for (int32_t t = 0; t < s->steps; ++t) {
      const int32_t row = batch * s->batch_step + t * s->time_step;
      float* y = out + row * s->cells;
      for (int32_t j = 0; j < s->cells; ++j) {
        float gates[4], next;
        for (int32_t g = 0; g < 4; ++g) gates[g] = thimble_lstm_gate_f32(g, j, in + row * s->features, last, weights, recurrent, bias, s);
        next = thimble_logisticf(gates[1]) * cell[j] + thimble_logisticf(gates[0]) * thimble_tanhf(gates[2]);
        if (s->cell_clip > 0) next = thimble_clampf(next, -s->cell_clip, s->cell_clip);
        cell[j] = next;
        y[j] = thimble_logisticf(gates[3]) * thimble_tanhf(next);
      }
      memcpy(last, y, (size_t)s->cells * sizeof(float));
    }
}

#endif

/* Matrix products over a batch, through strides, so that transposed operands and broadcasting need no copy. Either operand may be a
 * table in flash. */
#ifndef THIMBLE_BATCH_MATMUL_REF_H
#define THIMBLE_BATCH_MATMUL_REF_H

#include "core/requantize.h"

typedef struct {
  int32_t batch0, batch1, batch2, x_batch0, x_batch1, x_batch2, y_batch0, y_batch1, y_batch2;
  int32_t rows, columns, depth, x_row, x_k, y_column, y_k;
  int32_t x_const, y_const; /* 1: the operand is a table in flash */
  int32_t x_zero, y_zero, out_zero, mantissa, shift, out_min, out_max;
} thimble_batch_matmul_s8_shape;

/* bias: one per column, or NULL. */
THIMBLE_KERNEL void thimble_batch_matmul_s8(const int8_t* x, const int8_t* y, int8_t* out, const int32_t* bias,
                                            const thimble_batch_matmul_s8_shape* s) {
  for (int32_t b0 = 0; b0 < s->batch0; ++b0)
    for (int32_t b1 = 0; b1 < s->batch1; ++b1)
      for (int32_t b2 = 0; b2 < s->batch2; ++b2)
        for (int32_t row = 0; row < s->rows; ++row)
          for (int32_t column = 0; column < s->columns; ++column) {
            int32_t i = b0 * s->x_batch0 + b1 * s->x_batch1 + b2 * s->x_batch2 + row * s->x_row;
            int32_t j = b0 * s->y_batch0 + b1 * s->y_batch1 + b2 * s->y_batch2 + column * s->y_column;
            int32_t sum = bias ? thimble_const_s32(bias, column) : 0;
            for (int32_t k = 0; k < s->depth; ++k, i += s->x_k, j += s->y_k)
              sum +=
                  ((s->x_const ? thimble_const_s8(x, i) : x[i]) - s->x_zero) * ((s->y_const ? thimble_const_s8(y, j) : y[j]) - s->y_zero);
            *out++ = (int8_t)thimble_clamp(thimble_requantize(sum, s->mantissa, s->shift) + s->out_zero, s->out_min, s->out_max);
          }
}

typedef struct {
  int32_t batch0, batch1, batch2, x_batch0, x_batch1, x_batch2, y_batch0, y_batch1, y_batch2;
  int32_t rows, columns, depth, x_row, x_k, y_column, y_k;
  int32_t x_const, y_const; /* 1: the operand is a table in flash */
  float out_min, out_max;
} thimble_batch_matmul_f32_shape;

/* bias: one per column, or NULL. */
THIMBLE_KERNEL void thimble_batch_matmul_f32(const float* x, const float* y, float* out, const float* bias,
                                             const thimble_batch_matmul_f32_shape* s) {
  for (int32_t b0 = 0; b0 < s->batch0; ++b0)
    for (int32_t b1 = 0; b1 < s->batch1; ++b1)
      for (int32_t b2 = 0; b2 < s->batch2; ++b2)
        for (int32_t row = 0; row < s->rows; ++row)
          for (int32_t column = 0; column < s->columns; ++column) {
            int32_t i = b0 * s->x_batch0 + b1 * s->x_batch1 + b2 * s->x_batch2 + row * s->x_row;
            int32_t j = b0 * s->y_batch0 + b1 * s->y_batch1 + b2 * s->y_batch2 + column * s->y_column;
            float sum = 0;
            for (int32_t k = 0; k < s->depth; ++k, i += s->x_k, j += s->y_k)
              sum += (s->x_const ? thimble_const_f32(x, i) : x[i]) * (s->y_const ? thimble_const_f32(y, j) : y[j]);
            if (bias) sum += thimble_const_f32(bias, column);
            *out++ = thimble_clampf(sum, s->out_min, s->out_max);
          }
}

#endif

/* Each column of a matrix brought to mean 0 and deviation 1 over a window that slides along its rows. */
#ifndef THIMBLE_DSP_CMVN_H
#define THIMBLE_DSP_CMVN_H

#include "core/math.h"

typedef struct {
  int32_t rows, columns;
  int32_t window; /* rows that a value is compared with, odd */
  float least;    /* added to the deviation that is divided by */
} thimble_cmvn_shape;

/* Row r of a matrix of `rows` that goes on beyond its ends as in a mirror. */
THIMBLE_INLINE int32_t thimble_mirrored(int32_t r, int32_t rows) {
  while (r < 0 || r >= rows) r = r < 0 ? -1 - r : 2 * rows - 1 - r;
  return r;
}

/* Each value less the mean of its column over the window around it; then each divided by the deviation of what that left. in, out:
 * [rows][columns], possibly the same. scratch: 2 rows floats. */
THIMBLE_KERNEL void thimble_cmvn(const float* in, float* out, void* scratch, const thimble_cmvn_shape* s) {
  float *const column = (float*)scratch, *const centred = column + s->rows;
  const int32_t reach = s->window / 2;
  for (int32_t c = 0; c < s->columns; ++c) {
    for (int32_t r = 0; r < s->rows; ++r) column[r] = in[r * s->columns + c];
    for (int32_t r = 0; r < s->rows; ++r) {
      float sum = 0;
      for (int32_t i = r - reach; i <= r + reach; ++i) sum += column[thimble_mirrored(i, s->rows)];
      centred[r] = column[r] - sum / (float)s->window;
    }
    for (int32_t r = 0; r < s->rows; ++r) {
      float sum = 0, squares = 0, mean;
      for (int32_t i = r - reach; i <= r + reach; ++i) sum += centred[thimble_mirrored(i, s->rows)];
      mean = sum / (float)s->window;
      for (int32_t i = r - reach; i <= r + reach; ++i) {
        const float d = centred[thimble_mirrored(i, s->rows)] - mean;
        squares += d * d;
      }
      out[r * s->columns + c] = centred[r] / (thimble_sqrtf(squares / (float)s->window) + s->least);
    }
  }
}

#endif

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

/* Fills what lies before and behind `rows` values, `reach` at either side. */
THIMBLE_INLINE void thimble_mirror(float* x, int32_t rows, int32_t reach) {
  for (int32_t r = 1; r <= reach; ++r) {
    x[-r] = x[thimble_mirrored(-r, rows)];
    x[rows - 1 + r] = x[thimble_mirrored(rows - 1 + r, rows)];
  }
}

THIMBLE_INLINE float thimble_window_mean(const float* x, int32_t window) {
  float sum = 0;
  for (int32_t i = 0; i < window; ++i) sum += x[i];
  return sum / (float)window;
}

/* Each value less the mean of its column over the window around it; then each divided by the deviation of what that left. in, out:
 * [rows][columns], possibly the same. scratch: 2 (rows + window - 1) floats. */
THIMBLE_KERNEL void thimble_cmvn(const float* in, float* out, void* scratch, const thimble_cmvn_shape* s) {
  const int32_t reach = s->window / 2;
  float *const column = (float*)scratch + reach, *const centred = column + s->rows + 2 * reach;
  for (int32_t c = 0; c < s->columns; ++c) {
    for (int32_t r = 0; r < s->rows; ++r) column[r] = in[r * s->columns + c];
    thimble_mirror(column, s->rows, reach);
    for (int32_t r = 0; r < s->rows; ++r) centred[r] = column[r] - thimble_window_mean(column + r - reach, s->window);
    thimble_mirror(centred, s->rows, reach);
    for (int32_t r = 0; r < s->rows; ++r) {
      const float *const around = centred + r - reach, mean = thimble_window_mean(around, s->window);
      float squares = 0;
      for (int32_t i = 0; i < s->window; ++i) squares += (around[i] - mean) * (around[i] - mean);
      out[r * s->columns + c] = centred[r] / (thimble_sqrtf(squares / (float)s->window) + s->least);
    }
  }
}

#endif

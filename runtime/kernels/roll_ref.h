/* The last rows of features, kept from one run to the next. */
#ifndef THIMBLE_KERNELS_ROLL_REF_H
#define THIMBLE_KERNELS_ROLL_REF_H

#include "core/base.h"

typedef struct {
  int32_t rows, columns;
} thimble_roll_shape;

/* Appends a row to kept, [rows][columns], whose oldest row goes, and copies all of it to out. */
THIMBLE_KERNEL void thimble_roll_f32_ref(const float* row, float* kept, float* out, const thimble_roll_shape* s) {
  const int32_t older = (s->rows - 1) * s->columns;
  memmove(kept, kept + s->columns, (size_t)older * sizeof(float));
  memcpy(kept + older, row, (size_t)s->columns * sizeof(float));
  memcpy(out, kept, (size_t)(older + s->columns) * sizeof(float));
}

#endif

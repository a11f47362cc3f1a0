/* Requantisation where a multiplication has a 64-bit product: as Int8Scaling (src/kernels/int8_scaling.h) lays its words out. */
#ifndef THIMBLE_CORE_WIDE_H
#define THIMBLE_CORE_WIDE_H

#include "core/base.h"

/* A sum, raised, becomes an output; `negative` is what a negative sum adds, 0 where that cannot be seen. */
THIMBLE_INLINE int8_t thimble_wide_s8(int32_t raised, int32_t m, int32_t h, int32_t shift, int32_t negative, int32_t low, int32_t high) {
  const int32_t product = (int32_t)(((int64_t)raised * m) >> 32) + h;
  return (int8_t)thimble_clamp((product + (raised >> 31 & negative)) >> shift, low, high);
}

#endif

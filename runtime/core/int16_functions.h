/* Functions of int16 numbers by interpolation between the entries of tables that are made with the model. */
#ifndef THIMBLE_CORE_INT16_FUNCTIONS_H
#define THIMBLE_CORE_INT16_FUNCTIONS_H

#include "core/requantize.h"

/* 512 steps over int16's range, and the end. */
THIMBLE_INLINE int32_t thimble_look_up_s16(const int16_t* table, int32_t x) {
  const int32_t at = 256 + (x >> 7), low = thimble_const_s16(table, at), rise = thimble_const_s16(table, at + 1) - low;
  return low + ((rise * (x & 127) + 64) >> 7);
}

#endif

/* Slices picked by number. Numbers that come at run time and do not exist pick the nearest that does: no read leaves the tensor. */
#ifndef THIMBLE_GATHER_REF_H
#define THIMBLE_GATHER_REF_H

#include "core/base.h"

/* blocks: repetitions of the gathered axis; size: its elements; count: how many are picked; slice: bytes of one element of the axis. */
typedef struct {
  int32_t blocks, size, count, slice;
} thimble_gather_shape;

THIMBLE_KERNEL void thimble_gather_constant(const void* in, const int32_t* indices, void* out, const thimble_gather_shape* s) {
  const uint8_t* from = (const uint8_t*)in;
  uint8_t* to = (uint8_t*)out;
  for (int32_t b = 0; b < s->blocks; ++b, from += s->size * s->slice)
    for (int32_t i = 0; i < s->count; ++i, to += s->slice) memcpy(to, from + thimble_const_s32(indices, i) * s->slice, (size_t)s->slice);
}

THIMBLE_KERNEL void thimble_gather_s16(const void* in, const int16_t* indices, void* out, const thimble_gather_shape* s) {
  const uint8_t* from = (const uint8_t*)in;
  uint8_t* to = (uint8_t*)out;
  for (int32_t b = 0; b < s->blocks; ++b, from += s->size * s->slice)
    for (int32_t i = 0; i < s->count; ++i, to += s->slice)
      memcpy(to, from + thimble_clamp(indices[i], 0, s->size - 1) * s->slice, (size_t)s->slice);
}

THIMBLE_KERNEL void thimble_gather_s32(const void* in, const int32_t* indices, void* out, const thimble_gather_shape* s) {
  const uint8_t* from = (const uint8_t*)in;
  uint8_t* to = (uint8_t*)out;
  for (int32_t b = 0; b < s->blocks; ++b, from += s->size * s->slice)
    for (int32_t i = 0; i < s->count; ++i, to += s->slice)
      memcpy(to, from + thimble_clamp(indices[i], 0, s->size - 1) * s->slice, (size_t)s->slice);
}

THIMBLE_KERNEL void thimble_gather_s64(const void* in, const int64_t* indices, void* out, const thimble_gather_shape* s) {
  const uint8_t* from = (const uint8_t*)in;
  uint8_t* to = (uint8_t*)out;
  for (int32_t b = 0; b < s->blocks; ++b, from += s->size * s->slice)
    for (int32_t i = 0; i < s->count; ++i, to += s->slice) {
      const int64_t index = indices[i] < 0 ? 0 : indices[i] >= s->size ? s->size - 1 : indices[i];
      memcpy(to, from + (int32_t)index * s->slice, (size_t)s->slice);
    }
}

#endif

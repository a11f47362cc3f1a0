/* The border of a constant pad: the whole output is filled, then the input is copied over its middle. */
#ifndef THIMBLE_PAD_REF_H
#define THIMBLE_PAD_REF_H

#include "kernels/strided_copy_ref.h"

typedef struct {
  int32_t bytes, value;
} thimble_pad_bytes_shape;

/* For values whose bytes are all alike, as zero's and every int8's are. */
THIMBLE_KERNEL void thimble_pad_bytes(void* out, const thimble_pad_bytes_shape* s) { memset(out, (int)s->value, (size_t)s->bytes); }

typedef struct {
  int32_t bytes, element_bytes;
} thimble_pad_elements_shape;

/* `value` holds the bytes of one element. */
THIMBLE_KERNEL void thimble_pad_elements(void* out, const int8_t* value, const thimble_pad_elements_shape* s) {
  uint8_t* to = (uint8_t*)out;
  for (int32_t i = 0; i < s->element_bytes; ++i) to[i] = (uint8_t)thimble_const_s8(value, i);
  for (int32_t i = s->element_bytes; i < s->bytes; ++i) to[i] = to[i - s->element_bytes];
}

#endif

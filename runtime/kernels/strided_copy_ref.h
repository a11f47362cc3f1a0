/* Copies a block of up to six axes from one layout to another. Every op that only moves data is one or a few calls of this. */
#ifndef THIMBLE_STRIDED_COPY_REF_H
#define THIMBLE_STRIDED_COPY_REF_H

#include "core/base.h"

typedef struct {
  int32_t run;                     /* bytes that lie together in both layouts */
  int32_t size[6], from[6], to[6]; /* per axis, outermost first: steps, and bytes from one step to the next */
} thimble_strided_copy_shape;

/* `in` and `out` point at the first run; steps may be negative, and 0 repeats. */
THIMBLE_KERNEL void thimble_strided_copy(const void* in, void* out, const thimble_strided_copy_shape* s) {
  const uint8_t* from = (const uint8_t*)in;
  uint8_t* to = (uint8_t*)out;
  int32_t f0 = 0, t0 = 0;
  for (int32_t i0 = 0; i0 < s->size[0]; ++i0, f0 += s->from[0], t0 += s->to[0]) {
    int32_t f1 = f0, t1 = t0;
    for (int32_t i1 = 0; i1 < s->size[1]; ++i1, f1 += s->from[1], t1 += s->to[1]) {
      int32_t f2 = f1, t2 = t1;
      for (int32_t i2 = 0; i2 < s->size[2]; ++i2, f2 += s->from[2], t2 += s->to[2]) {
        int32_t f3 = f2, t3 = t2;
        for (int32_t i3 = 0; i3 < s->size[3]; ++i3, f3 += s->from[3], t3 += s->to[3]) {
          int32_t f4 = f3, t4 = t3;
          for (int32_t i4 = 0; i4 < s->size[4]; ++i4, f4 += s->from[4], t4 += s->to[4]) {
            int32_t f5 = f4, t5 = t4;
            for (int32_t i5 = 0; i5 < s->size[5]; ++i5, f5 += s->from[5], t5 += s->to[5]) memcpy(to + t5, from + f5, (size_t)s->run);
          }
        }
      }
    }
  }
}

#endif

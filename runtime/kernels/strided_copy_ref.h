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
  const uint8_t* f0 = (const uint8_t*)in;
  uint8_t* t0 = (uint8_t*)out;
  for (int32_t i0 = 0; i0 < s->size[0]; ++i0, f0 += s->from[0], t0 += s->to[0]) {
    const uint8_t* f1 = f0;
    uint8_t* t1 = t0;
    for (int32_t i1 = 0; i1 < s->size[1]; ++i1, f1 += s->from[1], t1 += s->to[1]) {
      const uint8_t* f2 = f1;
      uint8_t* t2 = t1;
      for (int32_t i2 = 0; i2 < s->size[2]; ++i2, f2 += s->from[2], t2 += s->to[2]) {
        const uint8_t* f3 = f2;
        uint8_t* t3 = t2;
        for (int32_t i3 = 0; i3 < s->size[3]; ++i3, f3 += s->from[3], t3 += s->to[3]) {
          const uint8_t* f4 = f3;
          uint8_t* t4 = t3;
          for (int32_t i4 = 0; i4 < s->size[4]; ++i4, f4 += s->from[4], t4 += s->to[4]) {
            const uint8_t* f5 = f4;
            uint8_t* t5 = t4;
            for (int32_t i5 = 0; i5 < s->size[5]; ++i5, f5 += s->from[5], t5 += s->to[5]) memcpy(t5, f5, (size_t)s->run);
          }
        }
      }
    }
  }
}

#endif

/* Which taps of a sliding window lie inside the input. Shared by convolutions and pools. */
#ifndef THIMBLE_WINDOW2D_H
#define THIMBLE_WINDOW2D_H

#include "core/base.h"

/* Taps [begin, end) are inside; empty when begin == end. */
typedef struct {
  int32_t begin, end;
} thimble_taps;

/* The taps of a window of `kernel` taps, `dilation` apart, the first of which falls on `first`, over an axis of `size`. */
THIMBLE_INLINE thimble_taps thimble_taps_inside(int32_t first, int32_t kernel, int32_t dilation, int32_t size) {
  thimble_taps taps = {0, kernel};
  while (taps.end > 0 && first + (taps.end - 1) * dilation >= size) --taps.end;
  while (taps.begin < taps.end && first + taps.begin * dilation < 0) ++taps.begin;
  return taps;
}

#endif

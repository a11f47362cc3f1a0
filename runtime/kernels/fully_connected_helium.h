/* int8 fully connected layer for Helium: the matrix tile of one pixel, row by row. */
#ifndef THIMBLE_FULLY_CONNECTED_HELIUM_H
#define THIMBLE_FULLY_CONNECTED_HELIUM_H

#include "core/helium_tile.h"

typedef struct {
  int32_t rows, features, units;
} thimble_fully_connected_s8_helium_shape;

THIMBLE_KERNEL void thimble_fully_connected_s8_helium(const int8_t* in, int8_t* out, const int8_t* stream, thimble_tile_helium tile,
                                                      const thimble_fully_connected_s8_helium_shape* s) {
  for (int32_t row = 0; row < s->rows; ++row) tile(in + row * s->features, in, out + row * s->units, stream, 1, 0);
}

#endif

/* int8 fully connected layer for AVR: four outputs at a time (core/avr.h). */
#ifndef THIMBLE_FULLY_CONNECTED_AVR_H
#define THIMBLE_FULLY_CONNECTED_AVR_H

#include "core/avr.h"

/* step, top: as thimble_outputs_avr wants them. */
typedef struct {
  int32_t rows, units, features, step, top;
} thimble_fully_connected_s8_avr_shape;

THIMBLE_KERNEL void thimble_fully_connected_s8_avr(const int8_t* in, int8_t* out, const uint8_t* weights, const int32_t* starts,
                                                   const uint8_t* scale, const thimble_fully_connected_s8_avr_shape* s) {
  for (uint16_t row = 0; row < (uint16_t)s->rows; ++row, in += (uint16_t)s->features, out += (uint16_t)s->units)
    thimble_outputs_avr(in, out, weights, starts, scale, (uint16_t)s->features, (uint16_t)s->units, (uint8_t)s->step, (int)s->top);
}

#endif

/* A picture brought to the size, the colours and the range of numbers that a network sees. */
#ifndef THIMBLE_DSP_IMAGE_H
#define THIMBLE_DSP_IMAGE_H

#include "core/base.h"

typedef struct {
  int32_t width, channels;          /* of the picture: 1 is grey, 3 red, green and blue */
  int32_t out_height, out_width;    /* with borders */
  int32_t top, left, rows, columns; /* where the picture lies in it; the rest is black */
  int32_t grey;                     /* the output has one channel */
  int32_t reversed;                 /* blue comes first in the output */
  int32_t bytes;                    /* the picture is of uint8_t, not of floats */
  int32_t row_taps, column_taps;    /* most pixels that are mixed, down and across */
  float gain[3], offset[3];         /* of each output channel */
} thimble_image_shape;

THIMBLE_INLINE float thimble_image_at(const void* in, int32_t i, const thimble_image_shape* s) {
  return s->bytes ? (float)((const uint8_t*)in)[i] : ((const float*)in)[i];
}

/* The mix of the pixels around one place of the output. first_*: the first pixel, weights_*: one weight each. */
THIMBLE_INLINE void thimble_image_mix(const void* in, float* pixel, int32_t first_row, const float* weights_down, int32_t first_column,
                                      const float* weights_across, const thimble_image_shape* s) {
  for (int32_t c = 0; c < s->channels; ++c) pixel[c] = 0;
  for (int32_t y = 0; y < s->row_taps; ++y) {
    const float down = thimble_const_f32(weights_down, y);
    if (down == 0) continue; /* the rest of the row of weights is past the edge of the picture */
    for (int32_t x = 0; x < s->column_taps; ++x) {
      const float weight = down * thimble_const_f32(weights_across, x);
      const int32_t at = ((first_row + y) * s->width + first_column + x) * s->channels;
      if (weight == 0) continue;
      for (int32_t c = 0; c < s->channels; ++c) pixel[c] += weight * thimble_image_at(in, at + c, s);
    }
  }
}

/* rows, columns: the first pixel for each row and column of the picture in the output; down, across: row_taps and column_taps weights for
 * each. out: [out_height][out_width][1 or 3]. */
THIMBLE_KERNEL void thimble_image(const void* in, float* out, const int16_t* rows, const float* down, const int16_t* columns,
                                  const float* across, const thimble_image_shape* s) {
  for (int32_t y = 0; y < s->out_height; ++y)
    for (int32_t x = 0; x < s->out_width; ++x) {
      const int32_t row = y - s->top, column = x - s->left;
      float pixel[3] = {0, 0, 0};
      if (row >= 0 && row < s->rows && column >= 0 && column < s->columns)
        thimble_image_mix(in, pixel, thimble_const_s16(rows, row), down + row * s->row_taps, thimble_const_s16(columns, column),
                          across + column * s->column_taps, s);
      if (s->grey) {
        const float level = s->channels == 1 ? pixel[0] : 0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2];
        *out++ = level * s->gain[0] + s->offset[0];
      } else {
        for (int32_t c = 0; c < 3; ++c) *out++ = pixel[s->channels == 1 ? 0 : s->reversed ? 2 - c : c] * s->gain[c] + s->offset[c];
      }
    }
}

#endif

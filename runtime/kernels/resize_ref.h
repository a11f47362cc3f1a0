/* Images brought to another size. Which pixels go where is worked out when the model is compiled: no float touches an integer image. */
#ifndef THIMBLE_RESIZE_REF_H
#define THIMBLE_RESIZE_REF_H

#include "core/base.h"

/* pixel: bytes; the image has in_height x in_width pixels and becomes height x width. */
typedef struct {
  int32_t batch, in_height, in_width, height, width, pixel;
} thimble_resize_nearest_shape;

/* rows, columns: for each of the output, which one of the input. */
THIMBLE_KERNEL void thimble_resize_nearest_pixels(const void* in, void* out, const int16_t* rows, const int16_t* columns,
                                                  const thimble_resize_nearest_shape* s) {
  const uint8_t* image = (const uint8_t*)in;
  uint8_t* to = (uint8_t*)out;
  for (int32_t b = 0; b < s->batch; ++b, image += s->in_height * s->in_width * s->pixel)
    for (int32_t y = 0; y < s->height; ++y) {
      const uint8_t* row = image + thimble_const_s16(rows, y) * s->in_width * s->pixel;
      for (int32_t x = 0; x < s->width; ++x, to += s->pixel) memcpy(to, row + thimble_const_s16(columns, x) * s->pixel, (size_t)s->pixel);
    }
}

typedef struct {
  int32_t batch, in_height, in_width, height, width, channels;
} thimble_resize_bilinear_shape;

/* rows, columns: for each of the output, the two of the input that it lies between and its distance from the first in 1/1024. */
THIMBLE_KERNEL void thimble_resize_bilinear_s8(const int8_t* in, int8_t* out, const int16_t* rows, const int16_t* columns,
                                               const thimble_resize_bilinear_shape* s) {
  const int32_t row_size = s->in_width * s->channels;
  for (int32_t b = 0; b < s->batch; ++b, in += s->in_height * row_size)
    for (int32_t y = 0; y < s->height; ++y) {
      const int8_t *low = in + thimble_const_s16(rows, 3 * y) * row_size, *high = in + thimble_const_s16(rows, 3 * y + 1) * row_size;
      const int32_t v = thimble_const_s16(rows, 3 * y + 2);
      for (int32_t x = 0; x < s->width; ++x) {
        const int32_t left = thimble_const_s16(columns, 3 * x) * s->channels, right = thimble_const_s16(columns, 3 * x + 1) * s->channels;
        const int32_t h = thimble_const_s16(columns, 3 * x + 2);
        for (int32_t c = 0; c < s->channels; ++c) {
          const int32_t sum = low[left + c] * ((1024 - v) * (1024 - h)) + high[left + c] * (v * (1024 - h)) +
                              low[right + c] * ((1024 - v) * h) + high[right + c] * (v * h);
          *out++ = (int8_t)((sum + (sum > 0 ? (int32_t)1 << 19 : -((int32_t)1 << 19))) / ((int32_t)1 << 20));
        }
      }
    }
}

/* The distances stand in tables of their own, in whole rows and columns. */
THIMBLE_KERNEL void thimble_resize_bilinear_f32(const float* in, float* out, const int16_t* rows, const float* row_parts,
                                                const int16_t* columns, const float* column_parts, const thimble_resize_bilinear_shape* s) {
  const int32_t row_size = s->in_width * s->channels;
  for (int32_t b = 0; b < s->batch; ++b, in += s->in_height * row_size)
    for (int32_t y = 0; y < s->height; ++y) {
      const float *low = in + thimble_const_s16(rows, 2 * y) * row_size, *high = in + thimble_const_s16(rows, 2 * y + 1) * row_size;
      const float v = thimble_const_f32(row_parts, y);
      for (int32_t x = 0; x < s->width; ++x) {
        const int32_t left = thimble_const_s16(columns, 2 * x) * s->channels, right = thimble_const_s16(columns, 2 * x + 1) * s->channels;
        const float h = thimble_const_f32(column_parts, x);
        for (int32_t c = 0; c < s->channels; ++c)
          *out++ =
              low[left + c] * (1 - v) * (1 - h) + high[left + c] * v * (1 - h) + low[right + c] * (1 - v) * h + high[right + c] * v * h;
      }
    }
}

#endif

/* int8 convolution for AVR: each window is gathered once, then four channels at a time are summed (core/avr.h). */
#ifndef THIMBLE_CONV2D_AVR_H
#define THIMBLE_CONV2D_AVR_H

#include "core/avr.h"

/* step, top: as thimble_outputs_avr wants them. */
typedef struct {
  int32_t in_h, in_w, in_c, out_h, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int32_t in_zero, step, top;
} thimble_conv2d_s8_avr_shape;

/* The window whose first tap is (y, x). */
THIMBLE_INLINE void thimble_window_avr(int8_t* to, const int8_t* in, int16_t y, int16_t x, const thimble_conv2d_s8_avr_shape* s) {
  const uint16_t depth = (uint16_t)s->in_c;
  for (uint8_t ky = 0; ky < (uint8_t)s->kernel_h; ++ky, y = (int16_t)(y + (int16_t)s->dilation_h)) {
    int16_t ix = x;
    for (uint8_t kx = 0; kx < (uint8_t)s->kernel_w; ++kx, ix = (int16_t)(ix + (int16_t)s->dilation_w), to += depth)
      if (y >= 0 && y < (int16_t)s->in_h && ix >= 0 && ix < (int16_t)s->in_w)
        memcpy(to, in + (uint16_t)((uint16_t)y * (uint16_t)s->in_w + (uint16_t)ix) * depth, depth);
      else
        memset(to, (int)s->in_zero, depth);
  }
}

/* scratch: one window, where it is not a single pixel. */
THIMBLE_KERNEL void thimble_conv2d_s8_avr(const int8_t* in, int8_t* out, const uint8_t* weights, const int32_t* starts,
                                          const uint8_t* scale, void* scratch, const thimble_conv2d_s8_avr_shape* s) {
  const int pixel = s->kernel_h * s->kernel_w == 1 && s->pad_top + s->pad_left == 0 && (s->out_h - 1) * s->stride_h < s->in_h &&
                    (s->out_w - 1) * s->stride_w < s->in_w;
  const uint16_t taps = (uint16_t)(s->kernel_h * s->kernel_w * s->in_c);
  for (int16_t oy = 0; oy < (int16_t)s->out_h; ++oy)
    for (int16_t ox = 0; ox < (int16_t)s->out_w; ++ox, out += (uint16_t)s->out_c) {
      const int16_t y = (int16_t)(oy * (int16_t)s->stride_h - (int16_t)s->pad_top);
      const int16_t x = (int16_t)(ox * (int16_t)s->stride_w - (int16_t)s->pad_left);
      const int8_t* window = in + (uint16_t)((uint16_t)y * (uint16_t)s->in_w + (uint16_t)x) * (uint16_t)s->in_c;
      if (!pixel) {
        thimble_window_avr((int8_t*)scratch, in, y, x, s);
        window = (const int8_t*)scratch;
      }
      thimble_outputs_avr(window, out, weights, starts, scale, taps, (uint16_t)s->out_c, (uint8_t)s->step, (int)s->top);
    }
}

#endif

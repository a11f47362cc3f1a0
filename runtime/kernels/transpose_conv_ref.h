/* Transposed convolution, gathered: for each output pixel, the input pixels whose filters reach it. Weights are
 * [filters][rows][columns][channels]. */
#ifndef THIMBLE_TRANSPOSE_CONV_REF_H
#define THIMBLE_TRANSPOSE_CONV_REF_H

#include "core/requantize.h"
#include "kernels/window2d.h"

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, filters;
  int32_t kernel_h, kernel_w, stride_h, stride_w, pad_top, pad_left;
  int32_t in_zero, out_zero, out_min, out_max;
} thimble_transpose_conv_s8_shape;

/* Along one axis of `size` inputs: those whose filters of `kernel` taps, laid `stride` apart, reach output `o` (padding included). */
THIMBLE_INLINE thimble_taps thimble_inputs_reaching(int32_t o, int32_t kernel, int32_t stride, int32_t size) {
  thimble_taps inputs = {o < kernel ? 0 : (o - kernel) / stride + 1, o / stride + 1};
  if (inputs.end > size) inputs.end = size;
  return inputs;
}

/* multipliers and shifts hold one entry per filter. */
THIMBLE_KERNEL void thimble_transpose_conv_s8(const int8_t* in, int8_t* out, const int8_t* weights, const int32_t* bias,
                                              const int32_t* multipliers, const int8_t* shifts, const thimble_transpose_conv_s8_shape* s) {
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_w * s->in_c)
    for (int32_t oy = s->pad_top; oy < s->out_h + s->pad_top; ++oy)
      for (int32_t ox = s->pad_left; ox < s->out_w + s->pad_left; ++ox) {
        const thimble_taps rows = thimble_inputs_reaching(oy, s->kernel_h, s->stride_h, s->in_h);
        const thimble_taps columns = thimble_inputs_reaching(ox, s->kernel_w, s->stride_w, s->in_w);
        for (int32_t f = 0; f < s->filters; ++f) {
          int32_t sum = thimble_const_s32(bias, f);
          for (int32_t iy = rows.begin; iy < rows.end; ++iy)
            for (int32_t ix = columns.begin; ix < columns.end; ++ix) {
              const int32_t ky = oy - iy * s->stride_h, kx = ox - ix * s->stride_w;
              const int8_t *x = in + (iy * s->in_w + ix) * s->in_c, *w = weights + ((f * s->kernel_h + ky) * s->kernel_w + kx) * s->in_c;
              for (int32_t c = 0; c < s->in_c; ++c) sum += (x[c] - s->in_zero) * thimble_const_s8(w, c);
            }
          sum = thimble_requantize(sum, thimble_const_s32(multipliers, f), thimble_const_s8(shifts, f)) + s->out_zero;
          *out++ = (int8_t)thimble_clamp(sum, s->out_min, s->out_max);
        }
      }
}

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, filters;
  int32_t kernel_h, kernel_w, stride_h, stride_w, pad_top, pad_left;
  float out_min, out_max;
} thimble_transpose_conv_f32_shape;

/* Float activations; the weights are floats, or int8 with one scale per filter, which multiplies each weight so
 * that every sum rounds as that of the same model with float weights does. One of the two is NULL. */
THIMBLE_INLINE void thimble_transpose_conv_real(const float* in, float* out, const float* weights, const int8_t* weights_s8,
                                                const float* scales, const float* bias, const thimble_transpose_conv_f32_shape* s) {
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_w * s->in_c)
    for (int32_t oy = s->pad_top; oy < s->out_h + s->pad_top; ++oy)
      for (int32_t ox = s->pad_left; ox < s->out_w + s->pad_left; ++ox) {
        const thimble_taps rows = thimble_inputs_reaching(oy, s->kernel_h, s->stride_h, s->in_h);
        const thimble_taps columns = thimble_inputs_reaching(ox, s->kernel_w, s->stride_w, s->in_w);
        for (int32_t f = 0; f < s->filters; ++f) {
          const float scale = scales ? thimble_const_f32(scales, f) : 1.0f;
          float sum = 0;
          for (int32_t iy = rows.begin; iy < rows.end; ++iy)
            for (int32_t ix = columns.begin; ix < columns.end; ++ix) {
              const int32_t ky = oy - iy * s->stride_h, kx = ox - ix * s->stride_w;
              const int32_t w = ((f * s->kernel_h + ky) * s->kernel_w + kx) * s->in_c;
              const float* x = in + (iy * s->in_w + ix) * s->in_c;
              for (int32_t c = 0; c < s->in_c; ++c)
                sum += x[c] * (weights ? thimble_const_f32(weights, w + c) : scale * (float)thimble_const_s8(weights_s8, w + c));
            }
          *out++ = thimble_clampf(sum + thimble_const_f32(bias, f), s->out_min, s->out_max);
        }
      }
}

THIMBLE_KERNEL void thimble_transpose_conv_f32(const float* in, float* out, const float* weights, const float* bias,
                                               const thimble_transpose_conv_f32_shape* s) {
  thimble_transpose_conv_real(in, out, weights, NULL, NULL, bias, s);
}

THIMBLE_KERNEL void thimble_transpose_conv_f32_s8w(const float* in, float* out, const int8_t* weights, const float* scales,
                                                   const float* bias, const thimble_transpose_conv_f32_shape* s) {
  thimble_transpose_conv_real(in, out, NULL, weights, scales, bias, s);
}

#endif

/* int8 average and maximum pooling for ARMv6-M: four channels at a time. */
#ifndef THIMBLE_POOL2D_M0_H
#define THIMBLE_POOL2D_M0_H

#include "core/m0.h"
#include "kernels/pool2d_ref.h"

/* name(in, step, columns, rows, gap, results): sums or maxima of four channels; `step` bytes lie between columns, `gap` from behind the
 * last column to the next row's first. r4 to r7 are 0 to 3; r8 to r11 the results, r12 rows left, lr columns. */
__asm__(
    ".macro thimble_pool_channel_m0 maximum, k, result\n"
    "  ldrsb r3, [r0, \\k]\n"
    "  .if \\maximum\n  cmp r3, \\result\n  ble 3f\n  mov \\result, r3\n  3:\n"
    "  .else\n  add \\result, r3\n  .endif\n"
    ".endm\n"
    ".macro thimble_pool_window_m0 name, maximum\n"
    "  thimble_enter_m0 \\name, 0\n"
    "  movs r4, #(127 * \\maximum)\n"
    "  .if \\maximum\n  mvns r4, r4\n  .endif\n"
    "  mov r8, r4\n  mov r9, r4\n  mov r10, r4\n  mov r11, r4\n"
    "  mov lr, r2\n  mov r12, r3\n"
    "  movs r4, #0\n  movs r5, #1\n  movs r6, #2\n  movs r7, #3\n"
    "1:\n"
    "  mov r2, lr\n"
    "2:\n"
    "  thimble_pool_channel_m0 \\maximum, r4, r8\n  thimble_pool_channel_m0 \\maximum, r5, r9\n"
    "  thimble_pool_channel_m0 \\maximum, r6, r10\n  thimble_pool_channel_m0 \\maximum, r7, r11\n"
    "  adds r0, r0, r1\n"
    "  subs r2, #1\n  bne 2b\n"
    "  ldr r3, [sp, #36]\n  adds r0, r0, r3\n"
    "  mov r3, r12\n  subs r3, #1\n  mov r12, r3\n"
    "  bne 1b\n"
    "  ldr r0, [sp, #40]\n"
    "  mov r4, r8\n  mov r5, r9\n  mov r6, r10\n  mov r7, r11\n"
    "  stmia r0!, {r4-r7}\n"
    "  thimble_leave_m0 \\name, 0\n"
    ".endm\n");

#define THIMBLE_POOL_WINDOW_M0(name, maximum)                                                                             \
  void name(const int8_t* in, int32_t step, int32_t columns, int32_t rows, int32_t gap, int32_t* results) __asm__(#name); \
  __asm__("thimble_pool_window_m0 " #name ", " #maximum "\n");

typedef void (*thimble_pool_window_m0)(const int8_t* in, int32_t step, int32_t columns, int32_t rows, int32_t gap, int32_t* results);

/* sum / count, halves away from zero. `full` taps are those of most windows: a division by as many is a multiplication. */
THIMBLE_INLINE int32_t thimble_pool_average_m0(int32_t sum, int32_t count, int32_t full) {
  const uint32_t far = (uint32_t)((sum < 0 ? -sum : sum) + count / 2); /* at most 128.5 * count */
  const uint32_t average = count == full && full <= 255 ? far * ((uint32_t)(1 << 24) / (uint32_t)full + 1) >> 24 : far / (uint32_t)count;
  return sum < 0 ? -(int32_t)average : (int32_t)average;
}

/* The channels of one pixel, four by four; the last four may overlap those before. */
THIMBLE_INLINE void thimble_pool2d_pixel_m0(const int8_t* in, int8_t* out, int32_t columns, int32_t rows, thimble_pool_window_m0 window,
                                            const thimble_pool2d_s8_shape* s) {
  const int32_t step = s->dilation_w * s->channels, gap = s->dilation_h * s->in_w * s->channels - columns * step;
  for (int32_t done = 0; done < s->channels; done += 4) {
    int32_t results[4];
    const int32_t c = done + 4 > s->channels ? s->channels - 4 : done;
    window(in + c, step, columns, rows, gap, results);
    for (int32_t k = 0; k < 4; ++k) {
      const int32_t y = s->maximum ? results[k] : thimble_pool_average_m0(results[k], rows * columns, s->kernel_h * s->kernel_w);
      out[c + k] = (int8_t)thimble_clamp(y, s->out_min, s->out_max);
    }
  }
}

THIMBLE_KERNEL void thimble_pool2d_s8_m0(const int8_t* in, int8_t* out, thimble_pool_window_m0 window, const thimble_pool2d_s8_shape* s) {
  for (int32_t batch = 0; batch < s->batches; ++batch, in += s->in_h * s->in_w * s->channels)
    for (int32_t oy = 0; oy < s->out_h; ++oy)
      for (int32_t ox = 0; ox < s->out_w; ++ox, out += s->channels) {
        const int32_t y = oy * s->stride_h - s->pad_top, x = ox * s->stride_w - s->pad_left;
        const thimble_taps rows = thimble_taps_inside(y, s->kernel_h, s->dilation_h, s->in_h);
        const thimble_taps columns = thimble_taps_inside(x, s->kernel_w, s->dilation_w, s->in_w);
        const int32_t first = (y + rows.begin * s->dilation_h) * s->in_w + x + columns.begin * s->dilation_w;
        thimble_pool2d_pixel_m0(in + first * s->channels, out, columns.end - columns.begin, rows.end - rows.begin, window, s);
      }
}

#endif

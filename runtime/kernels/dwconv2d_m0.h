/* int8 depthwise convolution for ARMv6-M, windows of any size, stride and dilation.
 *
 * One channel at a time is widened from NHWC to a plane of 32-bit words in scratch, padding included, then runs over it, four outputs a
 * step: with one LDM for a weight and the way to the next tap, and one for the four inputs, a tap costs eleven instructions. Where windows
 * lie s inputs apart the plane's rows are split into s phases, so that neighbouring outputs read neighbouring words. A plane holds a strip
 * of rows.
 *
 * "Fast" is the axis along which outputs are made four at a time, "slow" the other one: rows or columns, whichever wastes less.
 *
 * Words of a channel: bias - low; [where sums are negative, what those lose]; [m2, inner]; m0, m1, addend, range, shift and ends (see
 * core/m0.h). */
#ifndef THIMBLE_DWCONV2D_M0_H
#define THIMBLE_DWCONV2D_M0_H

#include "core/m0.h"

/* name(plane, words, taps, out, slow, step_fast, step_slow, span, step_plane): `slow` rows of outputs; step_fast and step_slow bytes lie
 * between outputs, `span` bytes of the plane between the first and the last four of a row, step_plane between rows. `count` taps are pairs
 * of a weight and the bytes from behind one tap's inputs to the next tap's.
 * On the stack: plane 0, words 4, taps 8, what negative sums lose 12, m2 16, inner 20, bias 24, last four 28, out 32, row of the plane 36,
 * row of the output 40; then what was saved; slow 80, step_fast 84, step_slow 88, span 92, step_plane 96. r8 to r11 are the sums, r12 is
 * step_fast (or where sums are negative), lr range. */
__asm__(
    ".macro thimble_dw_output_m0 i, sum, pieces, signs\n"
    "  mov r4, \\sum\n"
    "  thimble_narrow_m0 \\i, \\pieces, \\signs, 16, 12\n"
    "  strb r4, [r3]\n"
    "  .if \\signs\n  ldr r4, [sp, #84]\n  adds r3, r3, r4\n  .else\n  add r3, r12\n  .endif\n"
    ".endm\n"
    ".macro thimble_dwconv2d_rows_m0 name, count, pieces, signs\n"
    "  thimble_enter_m0 \\name, 44\n"
    "  str r2, [sp, #8]\n  str r3, [sp, #40]\n"
    "  ldmia r1!, {r4}\n  str r4, [sp, #24]\n"
    "  .if \\signs\n  ldmia r1!, {r4, r5}\n  mov r12, r4\n  str r5, [sp, #12]\n"
    "  .else\n  ldr r4, [sp, #84]\n  mov r12, r4\n  .endif\n"
    "  .if \\pieces == 3\n  ldmia r1!, {r4, r5}\n  str r4, [sp, #16]\n  str r5, [sp, #20]\n  .endif\n"
    "  str r1, [sp, #4]\n"
    "  ldr r4, [r1, #12]\n  mov lr, r4\n"
    "1:\n"
    "  str r0, [sp, #36]\n  str r3, [sp, #32]\n"
    "  ldr r2, [sp, #92]\n  adds r2, r2, r0\n  str r2, [sp, #28]\n"
    "2:\n"
    "  ldr r2, [sp, #24]\n  mov r8, r2\n  mov r9, r2\n  mov r10, r2\n  mov r11, r2\n"
    "  ldr r1, [sp, #8]\n"
    "  .rept \\count\n"
    "  ldmia r1!, {r2, r7}\n  ldmia r0!, {r3-r6}\n"
    "  muls r3, r2, r3\n  muls r4, r2, r4\n  muls r5, r2, r5\n  muls r6, r2, r6\n"
    "  add r8, r3\n  add r9, r4\n  add r10, r5\n  add r11, r6\n"
    "  adds r0, r0, r7\n"
    "  .endr\n"
    "  str r0, [sp]\n"
    "  ldr r7, [sp, #4]\n  ldmia r7!, {r0, r1, r2, r4, r5}\n"
    "  ldr r3, [sp, #32]\n"
    "  thimble_dw_output_m0 0, r8, \\pieces, \\signs\n"
    "  thimble_dw_output_m0 1, r9, \\pieces, \\signs\n"
    "  thimble_dw_output_m0 2, r10, \\pieces, \\signs\n"
    "  thimble_dw_output_m0 3, r11, \\pieces, \\signs\n"
    "  str r3, [sp, #32]\n"
    "  ldr r0, [sp]\n  ldr r2, [sp, #28]\n"
    "  cmp r0, r2\n  bhi 7f\n"
    "  b 2b\n"
    "7:\n" /* fewer than four are left: the last four are made again */
    "  subs r4, r0, r2\n"
    "  cmp r4, #16\n  beq 8f\n"
    "  movs r0, r2\n"
    "  lsrs r4, r4, #2\n  ldr r5, [sp, #84]\n  muls r4, r5, r4\n  subs r3, r3, r4\n  str r3, [sp, #32]\n"
    "  b 2b\n"
    "8:\n"
    "  ldr r4, [sp, #80]\n  subs r4, #1\n  str r4, [sp, #80]\n"
    "  beq 9f\n"
    "  ldr r0, [sp, #36]\n  ldr r4, [sp, #96]\n  adds r0, r0, r4\n"
    "  ldr r3, [sp, #40]\n  ldr r4, [sp, #88]\n  adds r3, r3, r4\n  str r3, [sp, #40]\n"
    "  b 1b\n"
    "  thimble_clamp_m0 0\n"
    "  thimble_clamp_m0 1\n"
    "  thimble_clamp_m0 2\n"
    "  thimble_clamp_m0 3\n"
    "9:\n"
    "  thimble_leave_m0 \\name, 44\n"
    ".endm\n"
    /* name(to, from, count, step): bytes that lie `step` apart become words */
    ".macro thimble_spread_m0 name\n"
    "  .section .text.\\name, \"ax\", %progbits\n"
    "  .p2align 2\n  .thumb\n  .thumb_func\n  .type \\name, %function\n"
    "\\name:\n"
    "  push {r4-r7, lr}\n"
    "  movs r7, #0\n"
    "  subs r2, #4\n  blo 2f\n"
    "1:\n"
    "  ldrsb r4, [r1, r7]\n  ldrsb r5, [r1, r3]\n  adds r1, r1, r3\n  adds r1, r1, r3\n"
    "  stmia r0!, {r4, r5}\n"
    "  ldrsb r4, [r1, r7]\n  ldrsb r5, [r1, r3]\n  adds r1, r1, r3\n  adds r1, r1, r3\n"
    "  stmia r0!, {r4, r5}\n"
    "  subs r2, #4\n  bhs 1b\n"
    "2:\n"
    "  adds r2, #4\n  beq 4f\n"
    "3:\n"
    "  ldrsb r4, [r1, r7]\n  adds r1, r1, r3\n  stmia r0!, {r4}\n"
    "  subs r2, #1\n  bne 3b\n"
    "4:\n"
    "  pop {r4-r7, pc}\n"
    "  .size \\name, . - \\name\n"
    "  .previous\n"
    ".endm\n");

#define THIMBLE_DWCONV2D_ROWS_M0(name, count, pieces, signs)                                                               \
  void name(const int32_t* plane, const int32_t* words, const int32_t* taps, int8_t* out, int32_t slow, int32_t step_fast, \
            int32_t step_slow, int32_t span, int32_t step_plane) __asm__(#name);                                           \
  __asm__("thimble_dwconv2d_rows_m0 " #name ", " #count ", " #pieces ", " #signs "\n");

typedef void (*thimble_dwconv2d_rows_m0)(const int32_t* plane, const int32_t* words, const int32_t* taps, int8_t* out, int32_t slow,
                                         int32_t step_fast, int32_t step_slow, int32_t span, int32_t step_plane);

__asm__("thimble_spread_m0 thimble_spread_bytes\n");
void thimble_spread_bytes(int32_t* to, const int8_t* from, int32_t count, int32_t step) __asm__("thimble_spread_bytes");

/* Sizes along the fast and slow axes; in_fast_step ... are bytes from one pixel to the next. `phase` counts words of a phase of a plane's
 * row, of which there are stride_fast; `strip` the slow outputs made before the plane moves on. begin_* and end_* are pad_fast and
 * in_fast + pad_fast divided by stride_fast: where the input begins and ends in a phase. */
typedef struct {
  int32_t in_fast, in_slow, out_fast, out_slow, channels, multiplier;
  int32_t in_fast_step, in_slow_step, out_fast_step, out_slow_step;
  int32_t taps_fast, taps_slow, stride_fast, stride_slow, dilation_fast, dilation_slow, pad_fast, pad_slow;
  int32_t in_zero, phase, strip, by_strips, words;
  int32_t begin_steps, begin_rest, end_steps, end_rest;
} thimble_dwconv2d_s8_m0_shape;

/* A row of the padded input; what is padding at both ends of it stays as it is. */
THIMBLE_INLINE void thimble_plane_row_m0(int32_t* row, const int8_t* in, int32_t slow, const thimble_dwconv2d_s8_m0_shape* s) {
  const int32_t i = slow - s->pad_slow, step = s->stride_fast * s->in_fast_step;
  const int inside = i >= 0 && i < s->in_slow;
  if (inside) in += i * s->in_slow_step;
  for (int32_t p = 0; p < s->stride_fast; ++p, row += s->phase) {
    const int32_t begin = s->begin_steps + (p < s->begin_rest), last = s->end_steps + (p < s->end_rest);
    const int32_t count = (last < s->phase ? last : s->phase) - begin;
    if (count <= 0) continue;
    if (inside)
      thimble_spread_bytes(row + begin, in + (begin * s->stride_fast + p - s->pad_fast) * s->in_fast_step, count, step);
    else
      for (int32_t k = 0; k < count; ++k) row[begin + k] = s->in_zero;
  }
}

/* The way from behind each tap's inputs to the next tap's, and from the last to the next four outputs' first. */
THIMBLE_INLINE void thimble_tap_steps_m0(int32_t* taps, const thimble_dwconv2d_s8_m0_shape* s) {
  int32_t at = 0;
  for (int32_t slow = 0; slow < s->taps_slow; ++slow)
    for (int32_t fast = 0; fast < s->taps_fast; ++fast, taps += 2) {
      const int32_t last = fast + 1 == s->taps_fast, over = (last ? 0 : fast + 1) * s->dilation_fast;
      const int32_t row = (slow + last) * s->dilation_slow * s->stride_fast * s->phase;
      const int32_t next = slow + 1 == s->taps_slow && last ? 4 : row + over % s->stride_fast * s->phase + over / s->stride_fast;
      taps[1] = 4 * (next - at - 4);
      at = next;
    }
}

/* Outputs of channel c in the rows [done, done + make) along the slow axis; `have` rows of the padded input have been widened before, or
 * lie so in the plane. Returns how many then are. */
THIMBLE_INLINE int32_t thimble_dwconv2d_strip_m0(const int8_t* in, int8_t* out, const int32_t* words, int32_t* taps, int32_t done,
                                                 int32_t have, thimble_dwconv2d_rows_m0 make_rows, const thimble_dwconv2d_s8_m0_shape* s) {
  const int32_t count = s->taps_fast * s->taps_slow, row_words = s->stride_fast * s->phase;
  const int32_t high = (s->taps_slow - 1) * s->dilation_slow + 1, rows = (s->strip - 1) * s->stride_slow + high;
  const int32_t make = s->out_slow - done < s->strip ? s->out_slow - done : s->strip, base = done * s->stride_slow;
  int32_t* const plane = taps + 2 * count;
  int8_t* const few = (int8_t*)(plane + rows * row_words);
  int8_t* const to = out + done * s->out_slow_step;
  if (have < base) have = base;
  for (; have < base + (make - 1) * s->stride_slow + high; ++have) thimble_plane_row_m0(plane + (have - base) * row_words, in, have, s);
  if (s->out_fast >= 4) {
    make_rows(plane, words, taps, to, make, s->out_fast_step, s->out_slow_step, 4 * (s->out_fast - 4), 4 * s->stride_slow * row_words);
    return have;
  }
  for (int32_t y = 0; y < make; ++y) {
    make_rows(plane + y * s->stride_slow * row_words, words, taps, few, 1, 1, 0, 0, 0);
    for (int32_t x = 0; x < s->out_fast; ++x) to[y * s->out_slow_step + x * s->out_fast_step] = few[x];
  }
  return have;
}

/* scratch: two words per tap, the plane, a word for rows of fewer than four outputs. Either all strips of a channel are made one after the
 * other, so that the output may be the input's own memory, or all channels of a strip, so that it may lie over rows that are done with. */
THIMBLE_KERNEL void thimble_dwconv2d_s8_m0(const int8_t* in, int8_t* out, const int32_t* words, const int8_t* weights, void* scratch,
                                           thimble_dwconv2d_rows_m0 make_rows, const thimble_dwconv2d_s8_m0_shape* s) {
  const int32_t count = s->taps_fast * s->taps_slow, row_words = s->stride_fast * s->phase;
  const int32_t high = (s->taps_slow - 1) * s->dilation_slow + 1, rows = (s->strip - 1) * s->stride_slow + high;
  const int32_t passes = s->by_strips ? (s->out_slow + s->strip - 1) / s->strip : 1;
  int32_t* const taps = (int32_t*)scratch;
  int32_t* const plane = taps + 2 * count;
  thimble_tap_steps_m0(taps, s);
  for (int32_t k = 0; k < rows * row_words; ++k) plane[k] = s->in_zero;
  for (int32_t pass = 0; pass < passes; ++pass)
    for (int32_t c = 0; c < s->channels; ++c) {
      const int32_t end = s->by_strips ? (pass + 1) * s->strip : s->out_slow;
      int32_t have = 0; /* rows of the padded input that have been widened */
      for (int32_t k = 0; k < count; ++k) taps[2 * k] = weights[c * count + k];
      for (int32_t done = pass * s->strip; done < end; done += s->strip) {
        const int32_t keep = have - done * s->stride_slow;
        if (keep > 0) memmove(plane, plane + s->strip * s->stride_slow * row_words, (size_t)(4 * keep * row_words));
        have = thimble_dwconv2d_strip_m0(in + c / s->multiplier, out + c, words + c * s->words, taps, done, have, make_rows, s);
      }
    }
}

#endif

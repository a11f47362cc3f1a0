/* int8 depthwise 3x3 convolution, stride 1 or 2, for RV32IM.
 *
 * One channel at a time is copied from NHWC to a plane in scratch, padding included; nine weights in registers then slide over it. A plane
 * holds a strip of lines: what the next strip needs again is moved up, not read again, so the output may be the input's own memory.
 *
 * "Fast" is the axis along which the window slides, "slow" the other one: rows or columns, whichever is longer is fast.
 *
 * The table of one channel, in words: bias << up, m, h, shift, what a negative sum adds; then nine halfwords of weights << up, slow tap by
 * slow tap, and one that is empty. */
#ifndef THIMBLE_DWCONV2D_RV32_H
#define THIMBLE_DWCONV2D_RV32_H

#include "core/rv32.h"

/* What the loop over one channel's plane needs, in bytes: between the plane's lines, between those of two output lines, of an output line,
 * between outputs along the fast axis, along the slow one. */
typedef struct {
  int32_t pitch, line, count, step_fast, step_slow;
  int32_t lines, low, high;
} thimble_dwconv2d_run_rv32;

/* name(plane, table, out, run): plane's lines a0, a1, a3; out a2, its end ra; weights s0-s8; sums s9-s11; inputs a4-a6, product a7; bias
 * t0, m t1, h t2, shift t3, low t4, high t5, step t6. */
__asm__(
    ".macro thimble_dw3_load_rv32 at\n"
    "  lb a4, \\at(a0)\n  lb a5, \\at(a1)\n  lb a6, \\at(a3)\n"
    ".endm\n"
    ".macro thimble_dw3_column_rv32 to, from, w0, w1, w2\n"
    "  mul a7, \\w0, a4\n  add \\to, \\from, a7\n"
    "  mul a7, \\w1, a5\n  add \\to, \\to, a7\n"
    "  mul a7, \\w2, a6\n  add \\to, \\to, a7\n"
    ".endm\n"
    ".macro thimble_dw3_output_rv32 sum, exact\n"
    "  .if \\exact\n  lw a5, 76(sp)\n  .endif\n"
    "  thimble_requantize_rv32 a4, \\sum, t1, t2, t3, a5, \\exact, t4, t5\n"
    "  sb a4, 0(a2)\n"
    "  add a2, a2, t6\n"
    "  beq a2, ra, 3f\n"
    ".endm\n"
    /* stride 1: the column completes the old sum, goes on with the middle one and begins the new one */
    ".macro thimble_dw3_one_rv32 at, old, middle, new, exact\n"
    "  thimble_dw3_load_rv32 \\at\n"
    "  thimble_dw3_column_rv32 \\new, t0, s0, s3, s6\n"
    "  thimble_dw3_column_rv32 \\middle, \\middle, s1, s4, s7\n"
    "  thimble_dw3_column_rv32 \\old, \\old, s2, s5, s8\n"
    "  thimble_dw3_output_rv32 \\old, \\exact\n"
    ".endm\n"
    ".macro thimble_dw3_two_rv32 at, old, new, exact\n"
    "  thimble_dw3_load_rv32 \\at\n"
    "  thimble_dw3_column_rv32 \\old, \\old, s1, s4, s7\n"
    "  thimble_dw3_load_rv32 (\\at + 1)\n"
    "  thimble_dw3_column_rv32 \\new, t0, s0, s3, s6\n"
    "  thimble_dw3_column_rv32 \\old, \\old, s2, s5, s8\n"
    "  thimble_dw3_output_rv32 \\old, \\exact\n"
    ".endm\n"
    ".macro thimble_dwconv2d_3x3_rv32 name, stride, exact\n"
    "  .section .text.\\name, \"ax\", @progbits\n"
    "  .balign 4\n  .type \\name, @function\n"
    "\\name:\n"
    "  addi sp, sp, -80\n"
    "  sw ra, 0(sp)\n  sw s0, 4(sp)\n  sw s1, 8(sp)\n  sw s2, 12(sp)\n  sw s3, 16(sp)\n  sw s4, 20(sp)\n  sw s5, 24(sp)\n"
    "  sw s6, 28(sp)\n  sw s7, 32(sp)\n  sw s8, 36(sp)\n  sw s9, 40(sp)\n  sw s10, 44(sp)\n  sw s11, 48(sp)\n"
    "  sw a2, 56(sp)\n  sw a3, 60(sp)\n"
    "  lw t0, 20(a3)\n  sw t0, 64(sp)\n"
    "  lw t0, 16(a1)\n  sw t0, 76(sp)\n"
    "  lw t6, 12(a3)\n  lw t4, 24(a3)\n  lw t5, 28(a3)\n"
    "  lw t0, 0(a1)\n  lw t1, 4(a1)\n  lw t2, 8(a1)\n  lw t3, 12(a1)\n"
    "  lh s0, 20(a1)\n  lh s1, 22(a1)\n  lh s2, 24(a1)\n  lh s3, 26(a1)\n  lh s4, 28(a1)\n  lh s5, 30(a1)\n"
    "  lh s6, 32(a1)\n  lh s7, 34(a1)\n  lh s8, 36(a1)\n"
    "  mv a4, a3\n"
    "1:\n"
    "  sw a0, 52(sp)\n"
    "  lw a3, 0(a4)\n  lw ra, 8(a4)\n"
    "  add a1, a0, a3\n"
    "  add a3, a1, a3\n"
    "  add ra, ra, a2\n"
    "  thimble_dw3_load_rv32 0\n"
    "  thimble_dw3_column_rv32 s9, t0, s0, s3, s6\n"
    "  .if \\stride == 1\n"
    "  thimble_dw3_load_rv32 1\n"
    "  thimble_dw3_column_rv32 s10, t0, s0, s3, s6\n"
    "  thimble_dw3_column_rv32 s9, s9, s1, s4, s7\n"
    "  .endif\n"
    "2:\n"
    "  .if \\stride == 1\n"
    "  thimble_dw3_one_rv32 2, s9, s10, s11, \\exact\n"
    "  thimble_dw3_one_rv32 3, s10, s11, s9, \\exact\n"
    "  thimble_dw3_one_rv32 4, s11, s9, s10, \\exact\n"
    "  addi a0, a0, 3\n  addi a1, a1, 3\n  addi a3, a3, 3\n"
    "  .else\n"
    "  thimble_dw3_two_rv32 1, s9, s10, \\exact\n"
    "  thimble_dw3_two_rv32 3, s10, s9, \\exact\n"
    "  addi a0, a0, 4\n  addi a1, a1, 4\n  addi a3, a3, 4\n"
    "  .endif\n"
    "  j 2b\n"
    "3:\n"
    "  lw a4, 60(sp)\n  lw a0, 52(sp)\n  lw a2, 56(sp)\n  lw a7, 64(sp)\n"
    "  lw a5, 4(a4)\n  lw a6, 16(a4)\n"
    "  addi a7, a7, -1\n"
    "  add a0, a0, a5\n"
    "  add a2, a2, a6\n"
    "  sw a7, 64(sp)\n  sw a2, 56(sp)\n"
    "  bnez a7, 1b\n"
    "  lw ra, 0(sp)\n  lw s0, 4(sp)\n  lw s1, 8(sp)\n  lw s2, 12(sp)\n  lw s3, 16(sp)\n  lw s4, 20(sp)\n  lw s5, 24(sp)\n"
    "  lw s6, 28(sp)\n  lw s7, 32(sp)\n  lw s8, 36(sp)\n  lw s9, 40(sp)\n  lw s10, 44(sp)\n  lw s11, 48(sp)\n"
    "  addi sp, sp, 80\n"
    "  ret\n"
    "  .size \\name, . - \\name\n"
    "  .previous\n"
    ".endm\n");

#define THIMBLE_DWCONV2D_3X3_RV32(name, stride, exact)                                                     \
  void name(const int8_t* plane, const int32_t* table, int8_t* out, const thimble_dwconv2d_run_rv32* run); \
  __asm__("thimble_dwconv2d_3x3_rv32 " #name ", " #stride ", " #exact "\n");

typedef void (*thimble_dwconv2d_channel_rv32)(const int8_t* plane, const int32_t* table, int8_t* out, const thimble_dwconv2d_run_rv32* run);

/* Sizes along the fast and slow axes; in_fast_step ... are bytes from one pixel to the next. `pitch` is a plane's line, `strip` the slow
 * outputs made before the plane moves on. */
typedef struct {
  int32_t in_fast, in_slow, out_fast, out_slow, channels;
  int32_t in_fast_step, in_slow_step, out_fast_step, out_slow_step;
  int32_t stride, pad_fast, pad_slow, in_zero, pitch, strip, low, high;
} thimble_dwconv2d_s8_rv32_shape;

/* Every `step`-th byte. */
THIMBLE_INLINE void thimble_pick_channel_rv32(int8_t* to, const int8_t* from, int32_t count, int32_t step) {
  int8_t* const end = to + count;
#if defined(__GNUC__) && !defined(__clang__) && !defined(THIMBLE_SMALL)
#pragma GCC unroll 4
#endif
  for (; to != end; ++to, from += step) *to = *from;
}

/* scratch: the plane. */
THIMBLE_KERNEL void thimble_dwconv2d_s8_rv32(const int8_t* in, int8_t* out, const int32_t* table, void* scratch,
                                             thimble_dwconv2d_channel_rv32 channel, const thimble_dwconv2d_s8_rv32_shape* s) {
  int8_t* const plane = (int8_t*)scratch;
  const int32_t lines = (s->strip - 1) * s->stride + 3, keep = 3 - s->stride;
  thimble_dwconv2d_run_rv32 run = {
      s->pitch, s->pitch * s->stride, s->out_fast * s->out_fast_step, s->out_fast_step, s->out_slow_step, 0, s->low, s->high};
  memset(plane, (int)s->in_zero, (size_t)(lines * s->pitch));
  for (int32_t c = 0; c < s->channels; ++c, table += 10) {
    int32_t have = 0; /* lines of the padded input that have been copied */
    for (int32_t done = 0; done < s->out_slow; done += s->strip) {
      const int32_t base = done * s->stride;
      run.lines = s->out_slow - done < s->strip ? s->out_slow - done : s->strip;
      if (done > 0) memcpy(plane, plane + (lines - keep) * s->pitch, (size_t)(keep * s->pitch));
      for (; have < base + (run.lines - 1) * s->stride + 3; ++have) {
        int8_t* const line = plane + (have - base) * s->pitch;
        const int32_t i = have - s->pad_slow;
        if (i >= 0 && i < s->in_slow)
          thimble_pick_channel_rv32(line + s->pad_fast, in + i * s->in_slow_step + c, s->in_fast, s->in_fast_step);
        else if (s->strip < s->out_slow)
          memset(line, (int)s->in_zero, (size_t)s->pitch);
      }
      channel(plane, table, out + done * s->out_slow_step + c, &run);
    }
  }
}

#endif

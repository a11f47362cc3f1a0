/* What the int8 kernels for Helium (the vector extension of the Cortex-M55) share: moving bytes, and from 32-bit sums to int8 outputs.
 *
 * Requantisation needs no proof: VQRDMULH rounds as the reference's first step does, VRSHL as its second but for negative ties, which
 * `exact` sets right where they could be seen. Where all channels share their shift, the zero point rides on the multiplication and the
 * shift on the narrowing. (Not by VQSHRN: GNU as 2.40 encodes it as VQRSHRN, which rounds.) */
#ifndef THIMBLE_CORE_HELIUM_H
#define THIMBLE_CORE_HELIUM_H

#include "core/base.h"

#if !defined(__ARM_FEATURE_MVE)
#error "this model was compiled for a core with Helium (Cortex-M55, M85); compile it anew with --board"
#endif

/* Copies `bytes` bytes, which may be none; q0 serves. */
THIMBLE_INLINE int8_t* thimble_copy_helium(int8_t* to, const int8_t* from, int32_t bytes) {
  __asm volatile(
      "  wlstp.8 lr, %[bytes], 2f\n"
      "1:\n"
      "  vldrb.u8 q0, [%[from]], #16\n"
      "  vstrb.8 q0, [%[to]], #16\n"
      "  letp lr, 1b\n"
      "2:\n"
      : [to] "+&r"(to), [from] "+&r"(from)
      : [bytes] "r"(bytes)
      : "d0", "d1", "lr", "memory");
  return to;
}

/* Fills `bytes` bytes, which may be none. */
THIMBLE_INLINE void thimble_fill_helium(int8_t* to, int32_t value, int32_t bytes) {
  __asm volatile(
      "  vdup.8 q0, %[value]\n"
      "  wlstp.8 lr, %[bytes], 2f\n"
      "1:\n"
      "  vstrb.8 q0, [%[to]], #16\n"
      "  letp lr, 1b\n"
      "2:\n"
      : [to] "+&r"(to)
      : [value] "r"(value), [bytes] "r"(bytes)
      : "d0", "d1", "lr", "memory");
}

/* What the macros below go by, as assembler symbols: shift: the one that all channels share, 1 to 16, or -1; exact = 1 where a negative tie
 * could be seen; the output's zero point and limits. */
#define THIMBLE_SCALING_HELIUM(shift, exact, zero, low, high)                                       \
  ".set .Lthimble_shift, " #shift "\n.set .Lthimble_exact, " #exact "\n.set .Lthimble_zero, " #zero \
  "\n"                                                                                              \
  ".set .Lthimble_low, " #low "\n.set .Lthimble_high, " #high "\n"

/* The sums q0 and q1 become outputs in 32 bits, up to the common shift. The stream [r1] holds biases, mantissas and, where there is no
 * common shift, negated shifts, four words each; with own = 1 q1's follow q0's each time. q2, q3 and r0 serve. thimble_sums_helium is what
 * makes q0 and q1. .Lthimble_kept: the register, 9 or 11, in which thimble_keep_helium left the constant that is needed; 0: r0 gets it. */
__asm__(
    ".syntax unified\n"
    ".macro thimble_with_kept_helium op, x, y\n"
    "  .if .Lthimble_kept == 9\n  \\op \\x, \\y, r9\n"
    "  .elseif .Lthimble_kept == 11\n  \\op \\x, \\y, r11\n"
    "  .else\n  \\op \\x, \\y, r0\n  .endif\n"
    ".endm\n"
    ".macro thimble_keep_helium r\n"
    "  .if .Lthimble_shift > 0 && .Lthimble_exact == 0\n"
    "  .set .Lthimble_addend, .Lthimble_zero << .Lthimble_shift\n"
    "  movw \\r, #(.Lthimble_addend & 0xffff)\n"
    "  movt \\r, #((.Lthimble_addend >> 16) & 0xffff)\n"
    "  .else\n  mov \\r, #.Lthimble_zero\n  .endif\n"
    ".endm\n"
    ".macro thimble_by_words_helium op, own\n"
    "  vldrw.u32 q2, [r1], #16\n"
    "  \\op q0, q0, q2\n"
    "  .if \\own\n  vldrw.u32 q3, [r1], #16\n  \\op q1, q1, q3\n"
    "  .else\n  \\op q1, q1, q2\n  .endif\n"
    ".endm\n"
    ".macro thimble_ties_helium x, t\n"
    "  vshr.s32 \\t, \\x, #31\n"
    "  vadd.i32 \\x, \\x, \\t\n"
    ".endm\n"
    ".macro thimble_scale_helium own\n"
    "  vldrw.u32 q2, [r1], #16\n"
    "  thimble_sums_helium\n"
    "  vadd.i32 q0, q0, q2\n"
    "  vldrw.u32 q3, [r1], #16\n"
    "  .if \\own\n  vadd.i32 q1, q1, q3\n  vldrw.u32 q3, [r1], #16\n  .else\n  vadd.i32 q1, q1, q2\n  .endif\n"
    "  .if .Lthimble_shift > 0 && .Lthimble_exact == 0\n"
    "  .if .Lthimble_kept == 0\n  thimble_keep_helium r0\n  .endif\n"
    "  thimble_with_kept_helium vqrdmlash.s32, q0, q3\n"
    "  .if \\own\n  vldrw.u32 q3, [r1], #16\n  .endif\n"
    "  thimble_with_kept_helium vqrdmlash.s32, q1, q3\n"
    "  .else\n"
    "  vqrdmulh.s32 q0, q0, q3\n"
    "  .if \\own\n  vldrw.u32 q3, [r1], #16\n  .endif\n"
    "  vqrdmulh.s32 q1, q1, q3\n"
    "  .if .Lthimble_exact\n  thimble_ties_helium q0, q2\n  thimble_ties_helium q1, q3\n  .endif\n"
    "  .if .Lthimble_shift < 0\n  thimble_by_words_helium vrshl.s32, \\own\n  .endif\n"
    "  .endif\n"
    ".endm\n"
    /* to 16 bits: the even (half = b) or odd (half = t) lanes of `to` */
    ".macro thimble_narrow_helium to, half, x\n"
    "  .if .Lthimble_shift < 0\n  vqmovn\\half\\().s32 \\to, \\x\n"
    "  .else\n  vqrshrn\\half\\().s32 \\to, \\x, #.Lthimble_shift\n  .endif\n"
    ".endm\n"
    /* the zero point, where it did not ride on the multiplication */
    ".macro thimble_load_zero_helium\n"
    "  .if .Lthimble_kept == 0 && (.Lthimble_shift < 0 || .Lthimble_exact)\n  mov r0, #.Lthimble_zero\n  .endif\n"
    ".endm\n"
    ".macro thimble_add_zero_helium x\n"
    "  .if .Lthimble_shift < 0 || .Lthimble_exact\n  thimble_with_kept_helium vqadd.s16, \\x, \\x\n  .endif\n"
    ".endm\n"
    ".macro thimble_bytes_helium x, value\n  vmov.i8 \\x, #\\value\n.endm\n" /* which takes no expression */
    ".macro thimble_clamp_helium x, t\n"
    "  .altmacro\n"
    "  .if .Lthimble_low > -128\n  thimble_bytes_helium \\t, %(.Lthimble_low & 0xff)\n  vmax.s8 \\x, \\x, \\t\n  .endif\n"
    "  .if .Lthimble_high < 127\n  thimble_bytes_helium \\t, %(.Lthimble_high & 0xff)\n  vmin.s8 \\x, \\x, \\t\n  .endif\n"
    "  .noaltmacro\n"
    ".endm\n");

#endif

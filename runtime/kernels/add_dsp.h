/* int8 addition and subtraction of equal shapes for the ARM DSP extension.
 *
 * TFLite brings both operands to one scale; for the one with the greater scale that is a shift, for the other one it is a table of its 256
 * values, into which both zero points go as well. The table begins with the three words that requantise. */
#ifndef THIMBLE_ADD_DSP_H
#define THIMBLE_ADD_DSP_H

#include "core/dsp.h"

/* name(a, b, out, table). a is the operand that is shifted, by `left`; op = add or sub; the others as in thimble_requantize_dsp. */
__asm__(
    ".macro thimble_add_finish_dsp op, left, shift, exact, low, high\n"
    "  \\op r10, r10, r11, lsl #\\left\n"
    "  thimble_requantize_dsp r10, r9, r6, r7, r8, 2, \\shift, \\exact, \\low, \\high\n"
    "  strb r10, [r2], #1\n"
    ".endm\n"
    ".macro thimble_add_all_dsp name, count, op, left, shift, exact, low, high\n"
    "  .section .text.\\name, \"ax\", %progbits\n"
    "  .thumb\n  .thumb_func\n  .type \\name, %function\n"
    "\\name:\n"
    "  push {r4-r11, lr}\n"
    "  ldmia r3!, {r6, r7, r8}\n"
    "  .if \\count >= 4\n"
    "  movw lr, #(\\count / 4 * 4 & 0xffff)\n"
    "  movt lr, #(\\count >> 16)\n"
    "  add lr, r0\n"
    "1:\n"
    "  ldr r4, [r0], #4\n"
    "  ldr r5, [r1], #4\n"
    "  .irp bit, 0, 8, 16, 24\n"
    "  ubfx r11, r5, #\\bit, #8\n"
    "  ldr r10, [r3, r11, lsl #2]\n"
    "  sbfx r11, r4, #\\bit, #8\n"
    "  thimble_add_finish_dsp \\op, \\left, \\shift, \\exact, \\low, \\high\n"
    "  .endr\n"
    "  cmp r0, lr\n"
    "  bne 1b\n"
    "  .endif\n"
    "  .rept \\count % 4\n"
    "  ldrb r9, [r1], #1\n"
    "  ldrsb r11, [r0], #1\n"
    "  ldr r10, [r3, r9, lsl #2]\n"
    "  thimble_add_finish_dsp \\op, \\left, \\shift, \\exact, \\low, \\high\n"
    "  .endr\n"
    "  pop {r4-r11, pc}\n"
    "  .size \\name, . - \\name\n"
    "  .previous\n"
    ".endm\n");

#define THIMBLE_ADD_DSP(name, count, op, left, shift, exact, low, high)           \
  void name(const int8_t* a, const int8_t* b, int8_t* out, const int32_t* table); \
  __asm__("thimble_add_all_dsp " #name ", " #count ", " #op ", " #left ", " #shift ", " #exact ", " #low ", " #high "\n");

typedef void (*thimble_add_loop_dsp)(const int8_t* a, const int8_t* b, int8_t* out, const int32_t* table);

THIMBLE_INLINE void thimble_add_s8_dsp(const int8_t* a, const int8_t* b, int8_t* out, const int32_t* table, thimble_add_loop_dsp loop) {
  loop(a, b, out, table);
}

#endif

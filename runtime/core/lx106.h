/* Inner loops of int8 layers for the LX106 (ESP8266): sixteen registers, no signed byte loads, flash that is read in whole words.
 *
 * Inputs and weights are kept 128 too large, so that a byte load and one extraction give them: the weights' excess adds 128 times the sum
 * of the inputs, which is the same for all channels, the inputs' excess is folded into the start of the sums. */
#ifndef THIMBLE_CORE_LX106_H
#define THIMBLE_CORE_LX106_H

#include "core/narrow.h"

#if !defined(__XTENSA__)
#error "this model was compiled for an ESP8266 (Xtensa LX106); compile it anew with --board"
#endif

__asm__(
    ".macro thimble_enter_lx106 name, bytes\n"
    "  .section .text.\\name, \"ax\", @progbits\n"
    "  .align 4\n  .type \\name, @function\n"
    "\\name:\n"
    "  addi a1, a1, -\\bytes\n"
    "  s32i a0, a1, 0\n  s32i a12, a1, 4\n  s32i a13, a1, 8\n  s32i a14, a1, 12\n  s32i a15, a1, 16\n"
    ".endm\n"
    ".macro thimble_leave_lx106 name, bytes\n"
    "  l32i a0, a1, 0\n  l32i a12, a1, 4\n  l32i a13, a1, 8\n  l32i a14, a1, 12\n  l32i a15, a1, 16\n"
    "  addi a1, a1, \\bytes\n"
    "  ret\n"
    "  .size \\name, . - \\name\n"
    "  .previous\n"
    ".endm\n"
    /* weights a4, a5 of two channels, input a15, product a0, sums a6-a9, a10-a13 */
    ".macro thimble_pixel_lx106 a, b, at\n"
    "  l8ui a15, a2, \\at\n"
    "  mul16u a0, a15, a4\n  add \\a, \\a, a0\n"
    "  mul16u a15, a15, a5\n  add \\b, \\b, a15\n"
    ".endm\n"
    ".macro thimble_tap_lx106 bit, at\n"
    "  extui a4, a14, \\bit, 8\n"
    "  extui a5, a14, \\bit + 8, 8\n"
    "  thimble_pixel_lx106 a6, a10, \\at\n  thimble_pixel_lx106 a7, a11, \\at + 1\n"
    "  thimble_pixel_lx106 a8, a12, \\at + 2\n  thimble_pixel_lx106 a9, a13, \\at + 3\n"
    ".endm\n");

/* Four pixels times two channels. taps: a byte of each pixel, tap by tap, a multiple of four taps up to `end`. words: the starts of both
 * channels, then four bytes for every two taps, the channels side by side. sums: in four words what each pixel begins with; behind them
 * four results of one channel, four of the other. Returns the end of what it read of `words`. */
const int32_t* thimble_dot_lx106(const uint8_t* taps, const int32_t* words, int32_t* sums, const uint8_t* end) __asm__("thimble_dot_lx106");
__asm__(
    "  thimble_enter_lx106 thimble_dot_lx106, 32\n"
    "  s32i a4, a1, 20\n  s32i a5, a1, 24\n"
    "  l32i a14, a3, 0\n  l32i a15, a3, 4\n"
    "  addi a3, a3, 8\n"
    "  l32i a0, a4, 0\n  add a6, a0, a14\n  add a10, a0, a15\n"
    "  l32i a0, a4, 4\n  add a7, a0, a14\n  add a11, a0, a15\n"
    "  l32i a0, a4, 8\n  add a8, a0, a14\n  add a12, a0, a15\n"
    "  l32i a0, a4, 12\n  add a9, a0, a14\n  add a13, a0, a15\n"
    "1:\n"
    "  l32i a14, a3, 0\n  thimble_tap_lx106 0, 0\n  thimble_tap_lx106 16, 4\n"
    "  l32i a14, a3, 4\n  thimble_tap_lx106 0, 8\n  thimble_tap_lx106 16, 12\n"
    "  l32i a14, a1, 24\n"
    "  addi a2, a2, 16\n"
    "  addi a3, a3, 8\n"
    "  beq a2, a14, 2f\n"
    "  j 1b\n"
    "2:\n"
    "  l32i a4, a1, 20\n"
    "  mov a2, a3\n"
    "  s32i a6, a4, 16\n  s32i a7, a4, 20\n  s32i a8, a4, 24\n  s32i a9, a4, 28\n"
    "  s32i a10, a4, 32\n  s32i a11, a4, 36\n  s32i a12, a4, 40\n  s32i a13, a4, 44\n"
    "  thimble_leave_lx106 thimble_dot_lx106, 32\n");

#endif

/* int8 fully connected layer for the LX106: eight outputs at a time.
 *
 * words, for every eight outputs: where their sums start; two words per input, a byte of weight for each output. scale: what requantises
 * (core/narrow.h). Inputs and weights are 128 too large, as in core/lx106.h. */
#ifndef THIMBLE_FULLY_CONNECTED_LX106_H
#define THIMBLE_FULLY_CONNECTED_LX106_H

#include "core/lx106.h"

/* in: `count` bytes of int8. taken_off: from every sum. Leaves eight sums and returns the end of what it read of `words`.
 * In the loop: in a2, words a3, 128 a4, end a5, sums a6-a13, weights a14, input a15, product a0. */
const int32_t* thimble_eight_lx106(const int8_t* in, const int32_t* words, int32_t* sums, int32_t count,
                                   int32_t taken_off) __asm__("thimble_eight_lx106");
__asm__(
    ".macro thimble_weight_lx106 sum, bit\n"
    "  extui a0, a14, \\bit, 8\n  mul16u a0, a0, a15\n  add \\sum, \\sum, a0\n"
    ".endm\n"
    ".macro thimble_input_lx106 k\n"
    "  l8ui a15, a2, \\k\n  l32i a14, a3, 8 * \\k\n"
    "  xor a15, a15, a4\n"
    "  thimble_weight_lx106 a6, 0\n  thimble_weight_lx106 a7, 8\n  thimble_weight_lx106 a8, 16\n  thimble_weight_lx106 a9, 24\n"
    "  l32i a14, a3, 8 * \\k + 4\n"
    "  thimble_weight_lx106 a10, 0\n  thimble_weight_lx106 a11, 8\n  thimble_weight_lx106 a12, 16\n  thimble_weight_lx106 a13, 24\n"
    ".endm\n"
    ".macro thimble_start_lx106 sum, i\n"
    "  l32i a0, a3, 4 * \\i\n  sub \\sum, a0, a6\n"
    ".endm\n"
    "  thimble_enter_lx106 thimble_eight_lx106, 32\n"
    "  s32i a4, a1, 20\n"
    "  add a5, a5, a2\n  s32i a5, a1, 24\n"
    "  thimble_start_lx106 a7, 1\n  thimble_start_lx106 a8, 2\n  thimble_start_lx106 a9, 3\n  thimble_start_lx106 a10, 4\n"
    "  thimble_start_lx106 a11, 5\n  thimble_start_lx106 a12, 6\n  thimble_start_lx106 a13, 7\n  thimble_start_lx106 a6, 0\n"
    "  addi a3, a3, 32\n"
    "  movi a4, 128\n"
    "  sub a0, a5, a2\n"
    "  extui a0, a0, 0, 2\n"
    "  sub a5, a5, a0\n"
    "  beq a2, a5, 2f\n"
    "1:\n"
    "  thimble_input_lx106 0\n  thimble_input_lx106 1\n  thimble_input_lx106 2\n  thimble_input_lx106 3\n"
    "  addi a2, a2, 4\n"
    "  addi a3, a3, 32\n"
    "  beq a2, a5, 2f\n"
    "  j 1b\n"
    "2:\n"
    "  l32i a5, a1, 24\n"
    "  beq a2, a5, 4f\n"
    "3:\n"
    "  thimble_input_lx106 0\n"
    "  addi a2, a2, 1\n"
    "  addi a3, a3, 8\n"
    "  bne a2, a5, 3b\n"
    "4:\n"
    "  l32i a4, a1, 20\n"
    "  mov a2, a3\n"
    "  s32i a6, a4, 0\n  s32i a7, a4, 4\n  s32i a8, a4, 8\n  s32i a9, a4, 12\n"
    "  s32i a10, a4, 16\n  s32i a11, a4, 20\n  s32i a12, a4, 24\n  s32i a13, a4, 28\n"
    "  thimble_leave_lx106 thimble_eight_lx106, 32\n");

/* step: words of `scale` from one output to the next, 0 where all share them. */
typedef struct {
  int32_t rows, units, features, pieces, signs, step;
} thimble_fully_connected_s8_lx106_shape;

THIMBLE_KERNEL void thimble_fully_connected_s8_lx106(const int8_t* in, int8_t* out, const int32_t* words, const int32_t* scale,
                                                     const thimble_fully_connected_s8_lx106_shape* s) {
  for (int32_t row = 0; row < s->rows; ++row, in += s->features, out += s->units) {
    const int32_t *at = words, *to_scale = scale;
    int32_t sums[8], inputs = 0;
    for (int32_t k = 0; k < s->features; ++k) inputs += (uint8_t)in[k] ^ 128;
    for (int32_t first = 0; first < s->units; first += 8) {
      at = thimble_eight_lx106(in, at, sums, s->features, 128 * inputs);
      for (int32_t u = first; u < s->units && u < first + 8; ++u, to_scale += s->step)
        out[u] = thimble_narrow_s8((uint32_t)sums[u - first], to_scale, (int)s->pieces, (int)s->signs);
    }
  }
}

#endif

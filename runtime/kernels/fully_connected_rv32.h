/* int8 fully connected layer for RV32IM: twelve outputs at a time.
 *
 * A word holds a weight of four outputs, each 128 too large, so that a mask and a shift make two words of two weights, 16 bits apart: one
 * multiplication by an input makes two products. The inputs are summed too, to take off 128 times as much. As in conv2d_rv32.h the taps
 * come in blocks in which no sum leaves 16 bits.
 *
 * `counts`: a byte per block says how many taps it has, a multiple of four or less than four; 0 ends the twelve outputs.
 * `words`, for every twelve outputs: the first S and H of each pair; the weights, three words per tap; of each output, where they differ,
 * m, h, shift and, where it matters, what a negative sum adds. Outputs beyond the layer's have no weights and are left out. */
#ifndef THIMBLE_FULLY_CONNECTED_RV32_H
#define THIMBLE_FULLY_CONNECTED_RV32_H

#include "core/rv32.h"

/* In flash, as the assembly reads it too. */
typedef struct {
  int32_t units, features;
  int32_t up, low, high;
  int32_t m, h, shift, negative; /* of all outputs, where they are the same */
  int32_t rows;                  /* of the input, each of which makes one of the output */
} thimble_fully_connected_s8_rv32_shape;

/* name(in, words, counts, out, s): in a0, words a1, counts a2, input a3, weights a4, a5, sum of inputs a6, mask a7, end of the
 * block ra; sums of the block t0-t5, S s0-s5, H s6-s11. On the stack, above what was saved: out, its end, s. When sums become
 * outputs: out a5, its end a3, s a7. */
__asm__(
    ".macro thimble_fc_pair_rv32 first, w, p\n"
    "  .if \\first\n  mul \\p, \\w, a3\n  .else\n  mul t6, \\w, a3\n  add \\p, \\p, t6\n  .endif\n"
    ".endm\n"
    ".macro thimble_fc_four_rv32 first, at, p0, p1\n"
    "  lw a4, \\at(a1)\n"
    "  and a5, a4, a7\n"
    "  srli a4, a4, 8\n"
    "  thimble_fc_pair_rv32 \\first, a5, \\p0\n"
    "  and a4, a4, a7\n"
    "  thimble_fc_pair_rv32 \\first, a4, \\p1\n"
    ".endm\n"
    ".macro thimble_fc_tap_rv32 first, k\n"
    "  lb a3, \\k(a0)\n"
    "  thimble_fc_four_rv32 \\first, (12 * \\k), t0, t1\n"
    "  .if \\first\n  mv a6, a3\n  .else\n  add a6, a6, a3\n  .endif\n"
    "  thimble_fc_four_rv32 \\first, (12 * \\k + 4), t2, t3\n"
    "  thimble_fc_four_rv32 \\first, (12 * \\k + 8), t4, t5\n"
    ".endm\n"
    ".macro thimble_fc_extract_rv32 p, s, h\n"
    "  add \\p, \\p, a4\n  add \\s, \\s, \\p\n  srai \\p, \\p, 16\n  add \\h, \\h, \\p\n"
    ".endm\n"
    ".macro thimble_fc_output_rv32 x, same, exact\n"
    "  .if \\same == 0\n"
    "  lw t0, 0(a1)\n  lw t1, 4(a1)\n  lw t2, 8(a1)\n"
    "  .if \\exact\n  lw t6, 12(a1)\n  .endif\n"
    "  addi a1, a1, 12 + 4 * \\exact\n"
    "  .endif\n"
    "  sll \\x, \\x, t3\n"
    "  thimble_requantize_rv32 a4, \\x, t0, t1, t2, t6, \\exact, t4, t5\n"
    "  sb a4, 0(a5)\n"
    "  addi a5, a5, 1\n"
    "  beq a5, a3, 7f\n"
    ".endm\n"
    ".macro thimble_fc_outputs_rv32 s, h, same, exact\n"
    "  slli a4, \\h, 16\n  sub \\s, \\s, a4\n"
    "  thimble_fc_output_rv32 \\s, \\same, \\exact\n"
    "  thimble_fc_output_rv32 \\h, \\same, \\exact\n"
    ".endm\n"
    ".macro thimble_fully_connected_rv32 name, same, exact\n"
    "  .section .text.\\name, \"ax\", @progbits\n"
    "  .balign 4\n  .type \\name, @function\n"
    "\\name:\n"
    "  addi sp, sp, -64\n"
    "  sw ra, 0(sp)\n  sw s0, 4(sp)\n  sw s1, 8(sp)\n  sw s2, 12(sp)\n  sw s3, 16(sp)\n  sw s4, 20(sp)\n  sw s5, 24(sp)\n"
    "  sw s6, 28(sp)\n  sw s7, 32(sp)\n  sw s8, 36(sp)\n  sw s9, 40(sp)\n  sw s10, 44(sp)\n  sw s11, 48(sp)\n"
    "  lw t0, 0(a4)\n  add t0, t0, a3\n"
    "  sw a3, 52(sp)\n  sw t0, 56(sp)\n  sw a4, 60(sp)\n"
    "1:\n"
    "  lw s0, 0(a1)\n  lw s6, 4(a1)\n  lw s1, 8(a1)\n  lw s7, 12(a1)\n  lw s2, 16(a1)\n  lw s8, 20(a1)\n"
    "  lw s3, 24(a1)\n  lw s9, 28(a1)\n  lw s4, 32(a1)\n  lw s10, 36(a1)\n  lw s5, 40(a1)\n  lw s11, 44(a1)\n"
    "  addi a1, a1, 48\n"
    "  li a7, 0xff00ff\n"
    "  lbu ra, 0(a2)\n"
    "2:\n"
    "  andi t6, ra, 3\n"
    "  add ra, ra, a0\n"
    "  bnez t6, 4f\n"
    "  thimble_fc_tap_rv32 1, 0\n  thimble_fc_tap_rv32 0, 1\n  thimble_fc_tap_rv32 0, 2\n  thimble_fc_tap_rv32 0, 3\n"
    "  addi a0, a0, 4\n"
    "  addi a1, a1, 48\n"
    "  beq a0, ra, 5f\n"
    "3:\n"
    "  thimble_fc_tap_rv32 0, 0\n  thimble_fc_tap_rv32 0, 1\n  thimble_fc_tap_rv32 0, 2\n  thimble_fc_tap_rv32 0, 3\n"
    "  addi a0, a0, 4\n"
    "  addi a1, a1, 48\n"
    "  bne a0, ra, 3b\n"
    "  j 5f\n"
    "4:\n"
    "  li t0, 0\n  li t1, 0\n  li t2, 0\n  li t3, 0\n  li t4, 0\n  li t5, 0\n  li a6, 0\n"
    "6:\n"
    "  thimble_fc_tap_rv32 0, 0\n"
    "  addi a0, a0, 1\n"
    "  addi a1, a1, 12\n"
    "  bne a0, ra, 6b\n"
    "5:\n"
    "  slli a5, a6, 7\n"
    "  slli a6, a6, 23\n"
    "  lui a4, 8\n"
    "  add a5, a5, a6\n"
    "  sub a4, a4, a5\n"
    "  lbu ra, 1(a2)\n"
    "  addi a2, a2, 1\n"
    "  thimble_fc_extract_rv32 t0, s0, s6\n  thimble_fc_extract_rv32 t1, s1, s7\n  thimble_fc_extract_rv32 t2, s2, s8\n"
    "  thimble_fc_extract_rv32 t3, s3, s9\n  thimble_fc_extract_rv32 t4, s4, s10\n  thimble_fc_extract_rv32 t5, s5, s11\n"
    "  bnez ra, 2b\n"
    "  lw a5, 52(sp)\n  lw a3, 56(sp)\n  lw a7, 60(sp)\n"
    "  lw t3, 8(a7)\n  lw t4, 12(a7)\n  lw t5, 16(a7)\n"
    "  .if \\same\n  lw t0, 20(a7)\n  lw t1, 24(a7)\n  lw t2, 28(a7)\n  lw t6, 32(a7)\n  .endif\n"
    "  thimble_fc_outputs_rv32 s0, s6, \\same, \\exact\n  thimble_fc_outputs_rv32 s1, s7, \\same, \\exact\n"
    "  thimble_fc_outputs_rv32 s2, s8, \\same, \\exact\n  thimble_fc_outputs_rv32 s3, s9, \\same, \\exact\n"
    "  thimble_fc_outputs_rv32 s4, s10, \\same, \\exact\n  thimble_fc_outputs_rv32 s5, s11, \\same, \\exact\n"
    "  sw a5, 52(sp)\n"
    "  lw a4, 4(a7)\n"
    "  addi a2, a2, 1\n"
    "  sub a0, a0, a4\n"
    "  j 1b\n"
    "7:\n"
    "  lw ra, 0(sp)\n  lw s0, 4(sp)\n  lw s1, 8(sp)\n  lw s2, 12(sp)\n  lw s3, 16(sp)\n  lw s4, 20(sp)\n  lw s5, 24(sp)\n"
    "  lw s6, 28(sp)\n  lw s7, 32(sp)\n  lw s8, 36(sp)\n  lw s9, 40(sp)\n  lw s10, 44(sp)\n  lw s11, 48(sp)\n"
    "  addi sp, sp, 64\n"
    "  ret\n"
    "  .size \\name, . - \\name\n"
    "  .previous\n"
    ".endm\n");

#define THIMBLE_FULLY_CONNECTED_RV32(name, same, exact)                                 \
  void name(const int8_t* in, const int32_t* words, const uint8_t* counts, int8_t* out, \
            const thimble_fully_connected_s8_rv32_shape* s) __asm__(#name);             \
  __asm__("thimble_fully_connected_rv32 " #name ", " #same ", " #exact "\n");

typedef void (*thimble_fully_connected_function_rv32)(const int8_t* in, const int32_t* words, const uint8_t* counts, int8_t* out,
                                                      const thimble_fully_connected_s8_rv32_shape* s);

THIMBLE_KERNEL void thimble_fully_connected_s8_rv32(const int8_t* in, int8_t* out, const int32_t* words, const uint8_t* counts,
                                                    thimble_fully_connected_function_rv32 twelves,
                                                    const thimble_fully_connected_s8_rv32_shape* s) {
  for (int32_t row = 0; row < s->rows; ++row, in += s->features, out += s->units) twelves(in, words, counts, out, s);
}

#endif

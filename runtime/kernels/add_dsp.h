/* int8 addition, subtraction and multiplication of equal shapes for the ARM DSP extension.
 *
 * TFLite brings both operands of a sum to one scale, each with a rounding of its own, before it adds them. Here one linear form makes the
 * sum, a * Ma + b * Mb + C; that it ends in the same int8 is proven for all 65,536 pairs when the model is compiled. */
#ifndef THIMBLE_ADD_DSP_H
#define THIMBLE_ADD_DSP_H

#include "core/dsp.h"

/* The words of a sum: {Mb, m, h, third, Ma, C}; of a product: {-zero point of b, m, h, third, -zero point of a, -}. `element` makes the
 * sum or product of byte `bits` / 8 of r4 and r5 in r10. */
#define THIMBLE_ADD_ELEMENT_DSP                                \
  ".macro thimble_element_dsp bits, up\n"                      \
  "  sbfx r10, r4, #\\bits, #8\n  sbfx r11, r5, #\\bits, #8\n" \
  "  mla r10, r10, r3, r12\n  mla r10, r11, r6, r10\n"         \
  ".endm\n"
#define THIMBLE_MUL_ELEMENT_DSP                                          \
  ".macro thimble_element_dsp bits, up\n"                                \
  "  sxtab r10, r3, r4, ror #\\bits\n  sxtab r11, r6, r5, ror #\\bits\n" \
  "  mul r10, r10, r11\n  lsl r10, r10, #\\up\n"                         \
  ".endm\n"

/* r0, r1: operands; r2: results; r3: words; on the stack their number. */
#define THIMBLE_PAIRWISE_DSP                                                               \
  ".macro thimble_result_dsp bits, up, shift, exact, low, high\n"                          \
  "  thimble_element_dsp \\bits, \\up\n"                                                   \
  "  thimble_requantize_dsp r10, r11, r7, r8, r9, \\up, \\shift, \\exact, \\low, \\high\n" \
  "  strb r10, [r2], #1\n"                                                                 \
  ".endm\n"                                                                                \
  ".macro thimble_pairwise_dsp up, shift, exact, low, high\n"                              \
  "  push {r4-r11, lr}\n"                                                                  \
  "  sub sp, #4\n"                                                                         \
  "  ldr lr, [sp, #40]\n"                                                                  \
  "  ldmia r3, {r6, r7, r8, r9, r10, r12}\n"                                               \
  "  mov r3, r10\n"                                                                        \
  "  subs lr, #4\n"                                                                        \
  "  blt 2f\n"                                                                             \
  "1:\n"                                                                                   \
  "  ldr r4, [r0], #4\n"                                                                   \
  "  ldr r5, [r1], #4\n"                                                                   \
  "  thimble_result_dsp 0, \\up, \\shift, \\exact, \\low, \\high\n"                        \
  "  thimble_result_dsp 8, \\up, \\shift, \\exact, \\low, \\high\n"                        \
  "  thimble_result_dsp 16, \\up, \\shift, \\exact, \\low, \\high\n"                       \
  "  thimble_result_dsp 24, \\up, \\shift, \\exact, \\low, \\high\n"                       \
  "  subs lr, #4\n"                                                                        \
  "  bge 1b\n"                                                                             \
  "2:\n"                                                                                   \
  "  adds lr, #4\n"                                                                        \
  "  beq 4f\n"                                                                             \
  "3:\n"                                                                                   \
  "  ldrb r4, [r0], #1\n"                                                                  \
  "  ldrb r5, [r1], #1\n"                                                                  \
  "  thimble_result_dsp 0, \\up, \\shift, \\exact, \\low, \\high\n"                        \
  "  subs lr, #1\n"                                                                        \
  "  bne 3b\n"                                                                             \
  "4:\n"                                                                                   \
  "  add sp, #4\n"                                                                         \
  "  pop {r4-r11, pc}\n"                                                                   \
  ".endm\n"
#define THIMBLE_PAIRWISE_END_DSP ".purgem thimble_element_dsp\n.purgem thimble_result_dsp\n.purgem thimble_pairwise_dsp\n"

/* The loop; element = ADD or MUL; the others as in thimble_requantize_dsp. */
#define THIMBLE_PAIRWISE_LOOP_DSP(name, element, up, shift, exact, low, high)                       \
  THIMBLE_ASM_DSP(name, THIMBLE_REQUANTIZE_DSP THIMBLE_##element##_ELEMENT_DSP THIMBLE_PAIRWISE_DSP \
                  "  thimble_pairwise_dsp " #up ", " #shift ", " #exact ", " #low ", " #high        \
                  "\n" THIMBLE_REQUANTIZE_END_DSP THIMBLE_PAIRWISE_END_DSP)

typedef void (*thimble_pairwise_loop_dsp)(const int8_t* a, const int8_t* b, int8_t* out, const int32_t* words, int32_t count);

typedef struct {
  int32_t count;
} thimble_pairwise_s8_dsp_shape;

THIMBLE_INLINE void thimble_pairwise_s8_dsp(const int8_t* a, const int8_t* b, int8_t* out, const int32_t* words, thimble_asm_dsp loop,
                                            const thimble_pairwise_s8_dsp_shape* s) {
  ((thimble_pairwise_loop_dsp)loop)(a, b, out, words, s->count);
}

#endif

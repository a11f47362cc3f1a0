/* Sums of products and their requantisation for AVR: a multiplication of two bytes, sums of 24 bits.
 *
 * Inputs and weights are taken 128 too large, so that their products have no sign: the weights' excess adds 128 times the sum of the
 * inputs, which is the same for all channels, the inputs' excess is folded into the start of the sums. All is modulo 2^24. */
#ifndef THIMBLE_CORE_AVR_H
#define THIMBLE_CORE_AVR_H

#include "core/base.h"

#if !defined(__AVR__)
#error "this model was compiled for an AVR (Arduino Uno); compile it anew with --board"
#endif

/* Four sums over `count` inputs; weights: four bytes for every input, in flash.
 * In the loop: in X, weights Z, count r24, input r28, zero r29, sums r12-r14, r15-r17, r18-r20, r21-r23. */
void thimble_four_avr(const int8_t* in, const uint8_t* weights, uint16_t count, uint32_t* sums) __asm__("thimble_four_avr");
__asm__(
    ".macro thimble_weight_avr a, b, c\n"
    "  lpm r0, Z+\n  mul r0, r28\n  add \\a, r0\n  adc \\b, r1\n  adc \\c, r29\n"
    ".endm\n"
    ".macro thimble_store_avr a, b, c\n"
    "  st X+, \\a\n  st X+, \\b\n  st X+, \\c\n  st X+, r29\n"
    ".endm\n"
    "  .section .text.thimble_four_avr, \"ax\", @progbits\n"
    "  .type thimble_four_avr, @function\n"
    "thimble_four_avr:\n"
    "  push r12\n  push r13\n  push r14\n  push r15\n  push r16\n  push r17\n  push r28\n  push r29\n"
    "  push r18\n  push r19\n"
    "  movw r26, r24\n  movw r30, r22\n  movw r24, r20\n"
    "  clr r29\n"
    "  clr r12\n  clr r13\n  movw r14, r12\n  movw r16, r12\n  movw r18, r12\n  movw r20, r12\n  movw r22, r12\n"
    "1:\n"
    "  ld r28, X+\n"
    "  subi r28, 128\n"
    "  thimble_weight_avr r12, r13, r14\n  thimble_weight_avr r15, r16, r17\n"
    "  thimble_weight_avr r18, r19, r20\n  thimble_weight_avr r21, r22, r23\n"
    "  sbiw r24, 1\n"
    "  brne 1b\n"
    "  pop r27\n  pop r26\n"
    "  thimble_store_avr r12, r13, r14\n  thimble_store_avr r15, r16, r17\n"
    "  thimble_store_avr r18, r19, r20\n  thimble_store_avr r21, r22, r23\n"
    "  clr r1\n"
    "  pop r29\n  pop r28\n  pop r17\n  pop r16\n  pop r15\n  pop r14\n  pop r13\n  pop r12\n"
    "  ret\n"
    "  .size thimble_four_avr, . - thimble_four_avr\n"
    "  .previous\n");

/* What the inputs' weights have too much of, to be taken off every sum. */
THIMBLE_INLINE uint32_t thimble_excess_avr(const int8_t* in, uint16_t count) {
  uint32_t sum = 0;
  for (; count > 0; --count) sum += (uint8_t)(*in++ ^ 128);
  return sum << 7;
}

/* x = sum - low, of which 24 bits count, becomes an output. scale, in bytes, in flash: range 3, multiplier 4, addend 4, below which x sums
 * are negative 3, what those lose 4, the least and the largest output. The output is the uppermost of the two bytes returned, or, where the
 * multiplier is so large that its 32 bits hold less, the lower one.
 * x r22-r24, a byte of the multiplier r18, zero r27; of the product, without its lowest byte, r19-r21, r25, r26. */
uint16_t thimble_requantize_avr(uint32_t x, const uint8_t* scale) __asm__("thimble_requantize_avr");
__asm__(
    ".macro thimble_product_avr x, low, high, more:vararg\n"
    "  mul \\x, r18\n  add \\low, r0\n  adc \\high, r1\n"
    "  .ifnb \\more\n  .irp reg, \\more\n  adc \\reg, r27\n  .endr\n  .endif\n"
    ".endm\n"
    "  .section .text.thimble_requantize_avr, \"ax\", @progbits\n"
    "  .type thimble_requantize_avr, @function\n"
    "thimble_requantize_avr:\n"
    "  movw r30, r20\n"
    "  clr r27\n"
    "  lpm r18, Z+\n  lpm r19, Z+\n  lpm r20, Z+\n"
    "  cp r18, r22\n  cpc r19, r23\n  cpc r20, r24\n"
    "  brsh 1f\n"
    "  adiw r30, 15\n"
    "  sbrs r24, 7\n"
    "  adiw r30, 1\n"
    "  lpm r24, Z\n"
    "  mov r25, r24\n"
    "  ret\n"
    "1:\n"
    "  clr r20\n  clr r21\n  clr r25\n  clr r26\n"
    "  lpm r18, Z+\n"
    "  mul r22, r18\n  mov r19, r1\n"
    "  thimble_product_avr r23, r19, r20, r21\n"
    "  thimble_product_avr r24, r20, r21, r25\n"
    "  lpm r18, Z+\n"
    "  thimble_product_avr r22, r19, r20, r21, r25\n"
    "  thimble_product_avr r23, r20, r21, r25, r26\n"
    "  thimble_product_avr r24, r21, r25, r26\n"
    "  lpm r18, Z+\n"
    "  thimble_product_avr r22, r20, r21, r25, r26\n"
    "  thimble_product_avr r23, r21, r25, r26\n"
    "  thimble_product_avr r24, r25, r26\n"
    "  lpm r18, Z+\n"
    "  thimble_product_avr r22, r21, r25, r26\n"
    "  thimble_product_avr r23, r25, r26\n"
    "  mul r24, r18\n  add r26, r0\n"
    "  lpm r18, Z+\n  add r20, r18\n  lpm r18, Z+\n  adc r21, r18\n"
    "  lpm r18, Z+\n  adc r25, r18\n  lpm r18, Z+\n  adc r26, r18\n"
    "  lpm r18, Z+\n  cp r22, r18\n  lpm r18, Z+\n  cpc r23, r18\n  lpm r18, Z+\n  cpc r24, r18\n"
    "  brsh 2f\n"
    "  lpm r18, Z+\n  sub r20, r18\n  lpm r18, Z+\n  sbc r21, r18\n"
    "  lpm r18, Z+\n  sbc r25, r18\n  lpm r18, Z+\n  sbc r26, r18\n"
    "2:\n"
    "  mov r24, r25\n"
    "  mov r25, r26\n"
    "  clr r1\n"
    "  ret\n"
    "  .size thimble_requantize_avr, . - thimble_requantize_avr\n"
    "  .previous\n");

/* All outputs of the inputs at `in`. starts: one of each sum. step: bytes of `scale` from one output to the next. */
THIMBLE_INLINE void thimble_outputs_avr(const int8_t* in, int8_t* out, const uint8_t* weights, const int32_t* starts, const uint8_t* scale,
                                        uint16_t count, uint16_t outputs, uint8_t step, int top) {
  const uint32_t excess = thimble_excess_avr(in, count);
  uint16_t first;
  for (first = 0; first < outputs; first += 4, weights += 4 * count) {
    const uint8_t here = outputs - first < 4 ? (uint8_t)(outputs - first) : 4;
    uint32_t sums[4];
    uint8_t i;
    thimble_four_avr(in, weights, count, sums);
    for (i = 0; i < here; ++i, ++starts, scale += step) {
      const uint16_t bytes = thimble_requantize_avr(sums[i] + (uint32_t)thimble_const_s32(starts, 0) - excess, scale);
      *out++ = (int8_t)(uint8_t)(top ? bytes >> 8 : bytes);
    }
  }
}

#endif

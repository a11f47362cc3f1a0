/* int8 fully connected layer for the ARM DSP extension: four outputs at a time, as two pairs of paired weights (see conv2d_dsp.h).
 *
 * The stream of four outputs: {256 * bias_a + bias_b, bias_b} of both pairs; per four inputs two words of the first pair and two of the
 * second; {bias_a << up} of both pairs, when they are added late; what requantises, output by output. */
#ifndef THIMBLE_FULLY_CONNECTED_DSP_H
#define THIMBLE_FULLY_CONNECTED_DSP_H

#include "core/dsp.h"

/* name(taps, stream, out, fours). steps = groups of four inputs; unroll divides steps; the others as in conv2d_dsp.h. On the stack: where
 * to store, fours left, the taps. */
__asm__(
    ".macro thimble_fc_taps_dsp\n"
    "  ldmia r1!, {r6, r7, r8, r9}\n"
    "  ldrd r11, r12, [r0], #8\n"
    "  sxtb16 r10, r6\n  smlad r2, r6, r11, r2\n  smlad r3, r10, r11, r3\n"
    "  sxtb16 r10, r8\n  smlad r4, r8, r11, r4\n  smlad r5, r10, r11, r5\n"
    "  sxtb16 r10, r7\n  smlad r2, r7, r12, r2\n  smlad r3, r10, r12, r3\n"
    "  sxtb16 r10, r9\n  smlad r4, r9, r12, r4\n  smlad r5, r10, r12, r5\n"
    ".endm\n"
    ".macro thimble_fc_finish_dsp x, up, shift, exact, low, high\n"
    "  .if \\exact || \\shift < 0\n  ldmia r1!, {r6, r7, r8}\n  .else\n  ldrd r6, r7, [r1], #8\n  .endif\n"
    "  thimble_requantize_dsp \\x, r9, r6, r7, r8, \\up, \\shift, \\exact, \\low, \\high\n"
    "  strb \\x, [r10], #1\n"
    ".endm\n"
    ".macro thimble_fc_extract_dsp a, b, late, up\n"
    "  sub \\a, \\a, \\b\n"
    "  lsl \\b, \\b, #\\up\n"
    "  .if \\up < 8\n  asr \\a, \\a, #(8 - \\up)\n  .endif\n"
    "  .if \\late\n  ldr r6, [r1], #4\n  add \\a, r6\n  .endif\n"
    ".endm\n"
    ".macro thimble_fully_connected_dsp name, steps, unroll, late, up, shift, exact, low, high\n"
    "  .section .text.\\name, \"ax\", %progbits\n"
    "  .thumb\n  .thumb_func\n  .type \\name, %function\n"
    "\\name:\n"
    "  push {r0, r2, r3, r4-r11, lr}\n"
    "  movw lr, #(8 * \\steps)\n"
    "  add lr, r0\n"
    "1:\n"
    "  ldr r0, [sp]\n"
    "  ldmia r1!, {r2, r3, r4, r5}\n"
    "2:\n"
    "  .rept \\unroll\n  thimble_fc_taps_dsp\n  .endr\n"
    "  .if \\unroll < \\steps\n  cmp r0, lr\n  bne 2b\n  .endif\n"
    "  ldrd r10, r11, [sp, #4]\n"
    "  thimble_fc_extract_dsp r2, r3, \\late, \\up\n"
    "  thimble_fc_extract_dsp r4, r5, \\late, \\up\n"
    "  thimble_fc_finish_dsp r2, \\up, \\shift, \\exact, \\low, \\high\n"
    "  thimble_fc_finish_dsp r3, \\up, \\shift, \\exact, \\low, \\high\n"
    "  thimble_fc_finish_dsp r4, \\up, \\shift, \\exact, \\low, \\high\n"
    "  thimble_fc_finish_dsp r5, \\up, \\shift, \\exact, \\low, \\high\n"
    "  subs r11, #1\n"
    "  strd r10, r11, [sp, #4]\n"
    "  bne 1b\n"
    "  add sp, #12\n"
    "  pop {r4-r11, pc}\n"
    "  .size \\name, . - \\name\n"
    "  .previous\n"
    ".endm\n");

#define THIMBLE_FULLY_CONNECTED_DSP(name, steps, unroll, small, late, up, shift, exact, low, high)                                \
  void name(const uint32_t* taps, const int32_t* stream, int8_t* out, int32_t fours);                                             \
  __asm__("thimble_fully_connected_dsp " #name ", " #steps ", " THIMBLE_UNROLL_DSP(unroll, small) ", " #late ", " #up ", " #shift \
                                                                                                  ", " #exact ", " #low ", " #high "\n");

typedef void (*thimble_fully_connected_fours_dsp)(const uint32_t* taps, const int32_t* stream, int8_t* out, int32_t fours);

typedef struct {
  int32_t units, features, four_words;
} thimble_fully_connected_s8_dsp_shape;

/* scratch: 8 bytes per four inputs. The last four outputs overlap those before where the outputs are no multiple of four. */
THIMBLE_KERNEL void thimble_fully_connected_s8_dsp(const int8_t* in, int8_t* out, const int32_t* stream, void* scratch,
                                                   thimble_fully_connected_fours_dsp fours, const thimble_fully_connected_s8_dsp_shape* s) {
  uint32_t* to = (uint32_t*)scratch;
  const int8_t* const end = in + s->features / 4 * 4;
  for (; in != end; in += 4, to += 2) {
    const uint32_t word = thimble_load_word(in);
    to[0] = thimble_even_bytes(word);
    to[1] = thimble_odd_bytes(word);
  }
  if (s->features % 4) {
    uint32_t word = 0;
    for (int32_t k = 0; k < s->features % 4; ++k) word |= (uint32_t)(uint8_t)in[k] << (8 * k);
    to[0] = thimble_even_bytes(word);
    to[1] = thimble_odd_bytes(word);
  }
  fours((const uint32_t*)scratch, stream, out, s->units / 4);
  if (s->units % 4) fours((const uint32_t*)scratch, stream + s->units / 4 * s->four_words, out + s->units - 4, 1);
}

#endif

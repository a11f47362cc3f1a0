/* int8 fully connected layer for the ARM DSP extension: four outputs at a time, as two pairs of paired weights, with an engine as in
 * conv2d_tile_dsp.h.
 *
 * The stream of four outputs: {256 * bias_a + bias_b, bias_b} of both pairs; per four inputs two words of the first pair and two of the
 * second; {bias_a << up} of both pairs, when they are added late; what requantises, output by output, unless all are alike. */
#ifndef THIMBLE_FULLY_CONNECTED_DSP_H
#define THIMBLE_FULLY_CONNECTED_DSP_H

#include "core/dsp.h"

/* The engine, THIMBLE_FULLY_CONNECTED_STEPS_DSP steps of four inputs long. It returns to the address at [sp, #16]. */
#define THIMBLE_FULLY_CONNECTED_STEP_BYTES_DSP 56
#define THIMBLE_FULLY_CONNECTED_ENGINE_DSP() \
  THIMBLE_ASM_DSP(thimble_fully_connected_engine_dsp,                                             \
                  "  .syntax unified\n"                                                           \
                  "  .rept " THIMBLE_TEXT(THIMBLE_FULLY_CONNECTED_STEPS_DSP) "\n"                 \
                  "  ldmia r1!, {r6, r7, r8, r9}\n"                                               \
                  "  ldrd r11, r12, [r0], #8\n"                                                   \
                  "  sxtb16 r10, r6\n  smlad r2, r6, r11, r2\n  smlad r3, r10, r11, r3\n"         \
                  "  sxtb16 r10, r8\n  smlad r4, r8, r11, r4\n  smlad r5, r10, r11, r5\n"         \
                  "  sxtb16 r10, r7\n  smlad r2, r7, r12, r2\n  smlad r3, r10, r12, r3\n"         \
                  "  sxtb16 r10, r9\n  smlad r4, r9, r12, r4\n  smlad r5, r10, r12, r5\n"         \
                  "  .endr\n"                                                                     \
                  "  ldr pc, [sp, #16]\n")

/* entry, engine: where the first pass over the taps and the others enter; end: of the taps; words: what requantises, where all outputs are
 * alike. */
typedef void (*thimble_fully_connected_fours_dsp)(const uint32_t* taps, const int32_t* stream, int8_t* out, int32_t fours, uintptr_t entry,
                                                  uintptr_t engine, const uint32_t* end, const int32_t* words);

/* late, up, ... as in conv2d_tile_dsp.h; alike = 1: all outputs are. On the stack: where to store, fours left, taps, -, where the engine
 * returns to, {the sums of both a so far}. */
#define THIMBLE_FULLY_CONNECTED_FOURS_DSP(name, late, alike, up, shift, exact, low, high)                                  \
  THIMBLE_ASM_DSP(                                                                                                         \
      name, THIMBLE_REQUANTIZE_DSP                                                                                         \
      ".macro thimble_fc_put_aside_dsp a, b, at\n"                                                                         \
      "  sub r10, \\a, \\b\n  ldr r11, [sp, #\\at]\n  mov \\a, \\b\n  add r11, r11, r10, asr #8\n  str r11, [sp, #\\at]\n" \
      ".endm\n"                                                                                                            \
      ".macro thimble_fc_extract_dsp a, b, at\n"                                                                           \
      "  .if " #late " == 2\n  ldr \\a, [sp, #\\at]\n  lsl \\a, \\a, #" #up                                                \
      "\n"                                                                                                                 \
      "  .else\n  sub \\a, \\a, \\b\n    .if " #up " < 8\n  asr \\a, \\a, #(8 - " #up                                      \
      ")\n  .endif\n  .endif\n"                                                                                            \
      "  lsl \\b, \\b, #" #up                                                                                              \
      "\n"                                                                                                                 \
      "  .if " #late                                                                                                       \
      "\n  ldr r6, [r1], #4\n  add \\a, r6\n  .endif\n"                                                                    \
      ".endm\n"                                                                                                            \
      ".macro thimble_fc_finish_dsp x\n"                                                                                   \
      "  .if !" #alike "\n    .if " #exact " || " #shift                                                                   \
      " < 0\n  ldmia r1!, {r6, r7, r8}\n  .else\n  ldrd r6, r7, [r1], #8\n"                                                \
      "    .endif\n  .endif\n"                                                                                             \
      "  thimble_requantize_dsp \\x, r9, r6, r7, r8, " #up ", " #shift ", " #exact ", " #low ", " #high                    \
      "\n"                                                                                                                 \
      "  strb \\x, [r10], #1\n"                                                                                            \
      ".endm\n"                                                                                                            \
      "  push {r4-r11, lr}\n"                                                                                              \
      "  .set thimble_args, 56\n"                                                                                          \
      "  .if " #late                                                                                                       \
      " == 2\n  .set thimble_args, 64\n  .endif\n"                                                                         \
      "  sub sp, #(thimble_args - 36)\n"                                                                                   \
      "  adr.w r4, 3f + 1\n"                                                                                               \
      "  strd r2, r3, [sp]\n"                                                                                              \
      "  str r0, [sp, #8]\n"                                                                                               \
      "  str r4, [sp, #16]\n"                                                                                              \
      "  ldr lr, [sp, #(thimble_args + 8)]\n"                                                                              \
      "1:\n"                                                                                                               \
      "  .if " #late                                                                                                       \
      " == 2\n  movs r2, #0\n  movs r3, #0\n  strd r2, r3, [sp, #20]\n  .endif\n"                                          \
      "  ldr r0, [sp, #8]\n"                                                                                               \
      "  ldmia r1!, {r2, r3, r4, r5}\n"                                                                                    \
      "  ldr pc, [sp, #thimble_args]\n"                                                                                    \
      "3:\n"                                                                                                               \
      "  .if " #late                                                                                                       \
      " == 2\n  thimble_fc_put_aside_dsp r2, r3, 20\n  thimble_fc_put_aside_dsp r4, r5, 24\n  .endif\n"                    \
      "  cmp r0, lr\n"                                                                                                     \
      "  it ne\n  ldrne pc, [sp, #(thimble_args + 4)]\n"                                                                   \
      "  ldrd r10, r11, [sp]\n"                                                                                            \
      "  thimble_fc_extract_dsp r2, r3, 20\n"                                                                              \
      "  thimble_fc_extract_dsp r4, r5, 24\n"                                                                              \
      "  .if " #alike                                                                                                      \
      "\n  ldr r6, [sp, #(thimble_args + 12)]\n"                                                                           \
      "    .if " #exact " || " #shift                                                                                      \
      " < 0\n  ldmia r6, {r6, r7, r8}\n  .else\n  ldrd r6, r7, [r6]\n  .endif\n  .endif\n"                                 \
      "  thimble_fc_finish_dsp r2\n  thimble_fc_finish_dsp r3\n  thimble_fc_finish_dsp r4\n  thimble_fc_finish_dsp r5\n"   \
      "  subs r11, #1\n"                                                                                                   \
      "  strd r10, r11, [sp]\n"                                                                                            \
      "  bne 1b\n"                                                                                                         \
      "  add sp, #(thimble_args - 36)\n"                                                                                   \
      "  pop {r4-r11, pc}\n"                                                                                               \
      ".purgem thimble_fc_put_aside_dsp\n.purgem thimble_fc_extract_dsp\n.purgem thimble_fc_finish_dsp\n" THIMBLE_REQUANTIZE_END_DSP)

/* skipped: steps of the engine that the first pass does not make. */
typedef struct {
  int32_t units, features, four_words, skipped;
} thimble_fully_connected_s8_dsp_shape;
#define THIMBLE_FULLY_CONNECTED_SKIPPED_DSP(steps) (THIMBLE_FULLY_CONNECTED_STEPS_DSP - 1 - ((steps)-1) % THIMBLE_FULLY_CONNECTED_STEPS_DSP)

/* scratch: 8 bytes per four inputs. The last four outputs overlap those before where the outputs are no multiple of four. */
THIMBLE_KERNEL void thimble_fully_connected_s8_dsp(const int8_t* in, int8_t* out, const int32_t* stream, const int32_t* words,
                                                   void* scratch, thimble_asm_dsp fours, thimble_asm_dsp engine,
                                                   const thimble_fully_connected_s8_dsp_shape* s) {
  const thimble_fully_connected_fours_dsp run = (thimble_fully_connected_fours_dsp)fours;
  const uint32_t* const taps = (const uint32_t*)scratch;
  const uintptr_t first = (uintptr_t)engine, entry = first + (uintptr_t)(THIMBLE_FULLY_CONNECTED_STEP_BYTES_DSP * s->skipped);
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
    *to++ = thimble_even_bytes(word);
    *to++ = thimble_odd_bytes(word);
  }
  run(taps, stream, out, s->units / 4, entry, first, to, words);
  if (s->units % 4) run(taps, stream + s->units / 4 * s->four_words, out + s->units - 4, 1, entry, first, to, words);
}

#endif

/* The inner loop of convolutions for the ARM DSP extension: a tile of up to four pixels times two output channels, for all pairs of
 * channels.
 *
 * Two channels a, b share each 16-bit weight: h = 256 * wa + wb. SMLAD with h sums 256 * A + B, SMLAD with the sign-extended low bytes
 * sums B alone, so one unpacking serves two channels and two taps, and flash holds one byte per weight.
 *
 * An engine is the unrolled loop over the taps, a step for two of them; a model has one per width of tile, and all its layers jump into
 * it so far before its end as they have steps. A tile is what stands around: it begins a pair of channels, and requantises. */
#ifndef THIMBLE_CONV2D_TILE_DSP_H
#define THIMBLE_CONV2D_TILE_DSP_H

#include "core/dsp.h"

/* r0 taps, r1 weights; sums of a in r2 to r5, of b in r6 to r9. `thimble_tap_dsp`: sums s, b come from s0, b0. */
#define THIMBLE_CONV2D_STEP_DSP                                                                                               \
  ".syntax unified\n"                                                                                                         \
  ".macro thimble_tap_dsp x, s, b, s0, b0\n"                                                                                  \
  "  smlad \\s, r10, \\x, \\s0\n  smlad \\b, r11, \\x, \\b0\n"                                                                \
  ".endm\n"                                                                                                                   \
  ".macro thimble_step_dsp pixels, at\n"                                                                                      \
  "  ldr r10, [r1], #4\n"                                                                                                     \
  "  .if \\pixels == 1\n  ldr r12, [r0, #(\\at)]\n  .else\n  ldrd r12, lr, [r0, #(\\at)]\n  .endif\n"                         \
  "  sxtb16 r11, r10\n"                                                                                                       \
  "  thimble_tap_dsp r12, r2, r6, r2, r6\n"                                                                                   \
  "  .if \\pixels > 1\n  thimble_tap_dsp lr, r3, r7, r3, r7\n  .endif\n"                                                      \
  "  .if \\pixels == 3\n  ldr r12, [r0, #(\\at + 8)]\n  .elseif \\pixels == 4\n  ldrd r12, lr, [r0, #(\\at + 8)]\n  .endif\n" \
  "  .if \\pixels > 2\n  thimble_tap_dsp r12, r4, r8, r4, r8\n  .endif\n"                                                     \
  "  .if \\pixels > 3\n  thimble_tap_dsp lr, r5, r9, r5, r9\n  .endif\n"                                                      \
  ".endm\n"
#define THIMBLE_CONV2D_STEP_END_DSP ".purgem thimble_tap_dsp\n.purgem thimble_step_dsp\n"

/* The engine for tiles of `pixels`, THIMBLE_CONV2D_STEPS_<pixels>_DSP steps long: the most that a layer of the model asks for. Step i reads
 * the taps 4 * pixels * (i + 1) bytes past r0. It returns to the address at [sp, #16]. */
#define THIMBLE_CONV2D_ENGINE_DSP(pixels) \
  THIMBLE_ASM_DSP(thimble_conv2d_engine_##pixels##_dsp,                                                                    \
                  THIMBLE_CONV2D_STEP_DSP                                                                                  \
                  "  .set thimble_at, 4 * " #pixels                                                                        \
                  "\n"                                                                                                     \
                  "  .rept " THIMBLE_TEXT(THIMBLE_CONV2D_STEPS_##pixels##_DSP) "\n"                                        \
                  "  thimble_step_dsp " #pixels ", thimble_at\n  .set thimble_at, thimble_at + 4 * " #pixels "\n  .endr\n" \
                  "  ldr pc, [sp, #16]\n" THIMBLE_CONV2D_STEP_END_DSP)

/* What a layer of so many steps must know of the engine: bytes from its beginning to where the first pass enters; from r0 of that pass to
 * the taps; and what all passes add to r0. A straight tile does the first step itself and the others in one pass. */
typedef struct {
  uint16_t entry, before;
  int32_t span;
} thimble_conv2d_passes_dsp;
#define THIMBLE_CONV2D_STEP_BYTES_DSP(pixels) ((pixels) == 4 ? 48 : (pixels) == 3 ? 40 : (pixels) == 2 ? 28 : 20)
#define THIMBLE_CONV2D_STRAIGHT_DSP(pixels, most, steps) \
  { ((most) + 1 - (steps)) * THIMBLE_CONV2D_STEP_BYTES_DSP(pixels), 4 * (pixels) * ((most) + 1 - (steps)), 0 }
#define THIMBLE_CONV2D_SKIPPED_DSP(most, steps) ((most)-1 - ((steps)-1) % (most))
#define THIMBLE_CONV2D_LOOPED_DSP(pixels, most, steps)                                                                        \
  {                                                                                                                           \
    THIMBLE_CONV2D_SKIPPED_DSP(most, steps) * THIMBLE_CONV2D_STEP_BYTES_DSP(pixels),                                          \
        4 * (pixels) * (THIMBLE_CONV2D_SKIPPED_DSP(most, steps) + 1), 4 * (pixels) * (((steps) + (most)-1) / (most)) * (most) \
  }

/* start: r0 of the first pass; pairs: of channels; entry, engine: where the first pass and the others enter; end: r0 past the last pass;
 * stride: bytes from one output pixel to the next. */
typedef void (*thimble_conv2d_tile_dsp)(const uint32_t* start, const int32_t* stream, int8_t* out, int32_t pairs, uintptr_t entry,
                                        uintptr_t engine, uintptr_t end, int32_t stride);

/* The weight stream of one channel pair: {256 * bias_a + bias_b, bias_b}, a word per step, {bias_a << up, when it is added late}, then for
 * a and for b what requantises. On the stack: where to store, pairs left, start, -, where the engine returns to, {the sums of a so far}. */
#define THIMBLE_CONV2D_PAIR_DSP                                                                                                   \
  ".macro thimble_begin_dsp loops, pixels\n"                                                                                      \
  "  ldrd r2, r6, [r1], #8\n"                                                                                                     \
  "  .if \\loops\n  ldr r0, [sp, #8]\n"                                                                                           \
  "    .if \\pixels > 1\n  mov r3, r2\n  mov r7, r6\n  .endif\n"                                                                  \
  "    .if \\pixels > 2\n  mov r4, r2\n  mov r8, r6\n  .endif\n"                                                                  \
  "    .if \\pixels > 3\n  mov r5, r2\n  mov r9, r6\n  .endif\n"                                                                  \
  "  .endif\n"                                                                                                                    \
  ".endm\n" /* the first step: every pixel's sums start from the bias in r2, r6, the first pixel's last */                        \
  ".macro thimble_first_dsp pixels, at\n"                                                                                         \
  "  ldr r10, [r1], #4\n"                                                                                                         \
  "  .if \\pixels == 4\n  ldrd r12, lr, [r0, #(\\at + 8)]\n  .elseif \\pixels == 3\n  ldr r12, [r0, #(\\at + 8)]\n  .endif\n"     \
  "  sxtb16 r11, r10\n"                                                                                                           \
  "  .if \\pixels > 3\n  thimble_tap_dsp lr, r5, r9, r2, r6\n  .endif\n"                                                          \
  "  .if \\pixels > 2\n  thimble_tap_dsp r12, r4, r8, r2, r6\n  .endif\n"                                                         \
  "  .if \\pixels == 1\n  ldr r12, [r0, #(\\at)]\n  .else\n  ldrd r12, lr, [r0, #(\\at)]\n  thimble_tap_dsp lr, r3, r7, r2, r6\n" \
  "  .endif\n"                                                                                                                    \
  "  thimble_tap_dsp r12, r2, r6, r2, r6\n"                                                                                       \
  ".endm\n" /* what a has summed goes to memory, so that the paired sum begins anew */                                            \
  ".macro thimble_put_aside_dsp a, b, at\n"                                                                                       \
  "  sub r10, \\a, \\b\n  ldr r11, [sp, #\\at]\n  mov \\a, \\b\n  add r11, r11, r10, asr #8\n  str r11, [sp, #\\at]\n"            \
  ".endm\n"                                                                                                                       \
  ".macro thimble_extract_dsp a, b, late, up, at\n"                                                                               \
  "  .if \\late == 2\n  ldr \\a, [sp, #\\at]\n  add \\a, r12, \\a, lsl #\\up\n  .else\n"                                          \
  "  sub \\a, \\a, \\b\n"                                                                                                         \
  "    .if \\late && \\up < 8\n  add \\a, r12, \\a, asr #(8 - \\up)\n"                                                            \
  "    .elseif \\late\n  add \\a, r12\n"                                                                                          \
  "    .elseif \\up < 8\n  asr \\a, #(8 - \\up)\n  .endif\n  .endif\n"                                                            \
  ".endm\n"                                                                                                                       \
  ".macro thimble_channel_words_dsp shift, exact\n"                                                                               \
  "  .if \\exact || \\shift < 0\n  ldmia r1!, {r10, r11, r12}\n  .else\n  ldrd r10, r11, [r1], #8\n  .endif\n"                    \
  ".endm\n"                                                                                                                       \
  ".macro thimble_finish_dsp x, up, shift, exact, low, high, to:vararg\n"                                                         \
  "  thimble_requantize_dsp \\x, r0, r10, r11, r12, \\up, \\shift, \\exact, \\low, \\high\n"                                      \
  "  strb \\x, \\to\n"                                                                                                            \
  ".endm\n"                                                                                                                       \
  ".macro thimble_finish_b_dsp x, up, shift, exact, low, high, to:vararg\n"                                                       \
  "  lsl \\x, \\x, #\\up\n"                                                                                                       \
  "  thimble_finish_dsp \\x, \\up, \\shift, \\exact, \\low, \\high, \\to\n"                                                       \
  ".endm\n"
#define THIMBLE_CONV2D_PAIR_END_DSP                                                                                    \
  ".purgem thimble_begin_dsp\n.purgem thimble_first_dsp\n.purgem thimble_put_aside_dsp\n.purgem thimble_extract_dsp\n" \
  ".purgem thimble_channel_words_dsp\n.purgem thimble_finish_dsp\n.purgem thimble_finish_b_dsp\n"

/* Stores of a pair with the stride as a literal, or (stride = 0) from the stack: in r2 as soon as the first pixel is out. */
#define THIMBLE_CONV2D_STORES_DSP                                                                                                  \
  ".macro thimble_stores_dsp pixels, stride, up, shift, exact, low, high\n"                                                        \
  "  thimble_channel_words_dsp \\shift, \\exact\n"                                                                                 \
  "  ldr lr, [sp]\n"                                                                                                               \
  "  thimble_finish_dsp r2, \\up, \\shift, \\exact, \\low, \\high, [lr, #-1]\n"                                                    \
  "  .if \\pixels > 1\n  thimble_finish_dsp r3, \\up, \\shift, \\exact, \\low, \\high, [lr, #(\\stride - 1)]\n  .endif\n"          \
  "  .if \\pixels > 2\n  thimble_finish_dsp r4, \\up, \\shift, \\exact, \\low, \\high, [lr, #(2 * \\stride - 1)]\n  .endif\n"      \
  "  .if \\pixels > 3\n  thimble_finish_dsp r5, \\up, \\shift, \\exact, \\low, \\high, [lr, #(3 * \\stride - 1)]\n  .endif\n"      \
  "  thimble_channel_words_dsp \\shift, \\exact\n"                                                                                 \
  "  ldr r2, [sp, #4]\n"                                                                                                           \
  "  .if \\pixels > 3\n  thimble_finish_b_dsp r9, \\up, \\shift, \\exact, \\low, \\high, [lr, #(3 * \\stride)]\n  .endif\n"        \
  "  .if \\pixels > 2\n  thimble_finish_b_dsp r8, \\up, \\shift, \\exact, \\low, \\high, [lr, #(2 * \\stride)]\n  .endif\n"        \
  "  .if \\pixels > 1\n  thimble_finish_b_dsp r7, \\up, \\shift, \\exact, \\low, \\high, [lr, #\\stride]\n  .endif\n"              \
  "  thimble_finish_b_dsp r6, \\up, \\shift, \\exact, \\low, \\high, [lr], #2\n"                                                   \
  ".endm\n"                                                                                                                        \
  ".macro thimble_strided_stores_dsp pixels, at, up, shift, exact, low, high\n"                                                    \
  "  thimble_channel_words_dsp \\shift, \\exact\n"                                                                                 \
  "  ldr lr, [sp]\n"                                                                                                               \
  "  thimble_finish_dsp r2, \\up, \\shift, \\exact, \\low, \\high, [lr]\n"                                                         \
  "  ldr r2, [sp, #\\at]\n"                                                                                                        \
  "  .if \\pixels > 1\n  thimble_finish_dsp r3, \\up, \\shift, \\exact, \\low, \\high, [lr, r2]\n  .endif\n"                       \
  "  .if \\pixels > 2\n  thimble_finish_dsp r4, \\up, \\shift, \\exact, \\low, \\high, [lr, r2, lsl #1]\n  .endif\n"               \
  "  .if \\pixels > 3\n  add lr, r2\n  thimble_finish_dsp r5, \\up, \\shift, \\exact, \\low, \\high, [lr, r2, lsl #1]\n  .endif\n" \
  "  thimble_channel_words_dsp \\shift, \\exact\n"                                                                                 \
  "  add lr, #1\n"                                                                                                                 \
  "  .if \\pixels > 3\n  thimble_finish_b_dsp r9, \\up, \\shift, \\exact, \\low, \\high, [lr, r2, lsl #1]\n"                       \
  "  thimble_finish_b_dsp r8, \\up, \\shift, \\exact, \\low, \\high, [lr, r2]\n"                                                   \
  "  thimble_finish_b_dsp r7, \\up, \\shift, \\exact, \\low, \\high, [lr]\n  sub lr, r2\n  .endif\n"                               \
  "  .if \\pixels == 3\n  thimble_finish_b_dsp r8, \\up, \\shift, \\exact, \\low, \\high, [lr, r2, lsl #1]\n  .endif\n"            \
  "  .if \\pixels == 2 || \\pixels == 3\n  thimble_finish_b_dsp r7, \\up, \\shift, \\exact, \\low, \\high, [lr, r2]\n  .endif\n"   \
  "  thimble_finish_b_dsp r6, \\up, \\shift, \\exact, \\low, \\high, [lr], #1\n"                                                   \
  "  ldr r2, [sp, #4]\n"                                                                                                           \
  ".endm\n"
#define THIMBLE_CONV2D_STORES_END_DSP ".purgem thimble_stores_dsp\n.purgem thimble_strided_stores_dsp\n"

/* loops = 0: a straight tile of `steps`. late = 1: bias a is added after the extraction of A; 2: and A is put aside after each pass. */
#define THIMBLE_CONV2D_WHOLE_DSP                                                                                           \
  ".macro thimble_tile_dsp loops, most, steps, pixels, stride, late, up, shift, exact, low, high\n"                        \
  "  push {r4-r11, lr}\n"                                                                                                  \
  "  .set thimble_args, 56\n"                                                                                              \
  "  .if \\late == 2\n  .set thimble_args, 72\n  .endif\n"                                                                 \
  "  sub sp, #(thimble_args - 36)\n"                                                                                       \
  "  .if \\stride\n  adds r2, #1\n  .endif\n" /* then it points at channel b */                                            \
  "  adr.w r4, 3f + 1\n"                                                                                                   \
  "  strd r2, r3, [sp]\n"                                                                                                  \
  "  str r0, [sp, #8]\n"                                                                                                   \
  "  str r4, [sp, #16]\n"                                                                                                  \
  "1:\n"                                                                                                                   \
  "  .if \\late == 2\n  movs r2, #0\n  movs r3, #0\n  strd r2, r3, [sp, #20]\n  strd r2, r3, [sp, #28]\n  .endif\n"        \
  "  thimble_begin_dsp \\loops, \\pixels\n"                                                                                \
  "  .if \\loops\n  ldr pc, [sp, #thimble_args]\n"                                                                         \
  "  .else\n  thimble_first_dsp \\pixels, (4 * \\pixels * (\\most + 1 - \\steps))\n"                                       \
  "    .if \\steps > 1\n  ldr pc, [sp, #thimble_args]\n  .endif\n"                                                         \
  "  .endif\n"                                                                                                             \
  "3:\n"                                                                                                                   \
  "  .if \\late == 2\n  thimble_put_aside_dsp r2, r6, 20\n"                                                                \
  "    .if \\pixels > 1\n  thimble_put_aside_dsp r3, r7, 24\n  .endif\n"                                                   \
  "    .if \\pixels > 2\n  thimble_put_aside_dsp r4, r8, 28\n  .endif\n"                                                   \
  "    .if \\pixels > 3\n  thimble_put_aside_dsp r5, r9, 32\n  .endif\n"                                                   \
  "  .endif\n"                                                                                                             \
  "  .if \\loops\n  ldr r10, [sp, #(thimble_args + 8)]\n  add r0, #(4 * \\pixels * \\most)\n  cmp r0, r10\n"               \
  "  it ne\n  ldrne pc, [sp, #(thimble_args + 4)]\n  .endif\n"                                                             \
  "  .if \\late\n  ldr r12, [r1], #4\n  .endif\n"                                                                          \
  "  thimble_extract_dsp r2, r6, \\late, \\up, 20\n"                                                                       \
  "  .if \\pixels > 1\n  thimble_extract_dsp r3, r7, \\late, \\up, 24\n  .endif\n"                                         \
  "  .if \\pixels > 2\n  thimble_extract_dsp r4, r8, \\late, \\up, 28\n  .endif\n"                                         \
  "  .if \\pixels > 3\n  thimble_extract_dsp r5, r9, \\late, \\up, 32\n  .endif\n"                                         \
  "  .if \\stride\n  thimble_stores_dsp \\pixels, \\stride, \\up, \\shift, \\exact, \\low, \\high\n"                       \
  "  .else\n  thimble_strided_stores_dsp \\pixels, (thimble_args + 12), \\up, \\shift, \\exact, \\low, \\high\n  .endif\n" \
  "  .if \\exact && !\\loops\n  ldr r0, [sp, #8]\n  .endif\n"                                                              \
  "  subs r2, #1\n"                                                                                                        \
  "  strd lr, r2, [sp]\n"                                                                                                  \
  "  bne 1b\n"                                                                                                             \
  "  add sp, #(thimble_args - 36)\n"                                                                                       \
  "  pop {r4-r11, pc}\n"                                                                                                   \
  ".endm\n"
#define THIMBLE_CONV2D_WHOLE_END_DSP ".purgem thimble_tile_dsp\n"

/* A tile; stride = 0: it is told at run time. The others as in thimble_requantize_dsp. */
#define THIMBLE_CONV2D_TILE_DSP(name, loops, most, steps, pixels, stride, late, up, shift, exact, low, high)                          \
  THIMBLE_ASM_DSP(                                                                                                                    \
      name, THIMBLE_REQUANTIZE_DSP THIMBLE_CONV2D_STEP_DSP THIMBLE_CONV2D_PAIR_DSP THIMBLE_CONV2D_STORES_DSP THIMBLE_CONV2D_WHOLE_DSP \
      "  thimble_tile_dsp " #loops                                                                                                    \
      ", " THIMBLE_TEXT(most) ", " #steps ", " #pixels ", " #stride ", " #late ", " #up ", " #shift ", " #exact ", " #low ", " #high  \
                              "\n" THIMBLE_REQUANTIZE_END_DSP THIMBLE_CONV2D_STEP_END_DSP THIMBLE_CONV2D_PAIR_END_DSP                 \
                                  THIMBLE_CONV2D_STORES_END_DSP THIMBLE_CONV2D_WHOLE_END_DSP)

#endif

/* int8 fully connected layer for ARMv6-M: eight outputs at a time.
 *
 * A word w holds a tap's weights of four outputs, each 128 too large: bytes a, b, c, d. With every two bytes swapped it is w'. The sums R
 * of x * w and S of x * w' are all that the taps need: R - 256 * S = a + ((c - a) << 16) and S - 256 * R = b + ((d - b) << 16), where a to
 * d now stand for the outputs' sums. Added to itself 16 bits higher that is a + (c << 16). The inputs are summed too, to take off 128 times
 * as much; then, as in conv2d_m0.h, the taps come in blocks in which no sum leaves 16 bits.
 *
 * `blocks`: a byte per run of at most 16 taps says where the unrolled taps are entered; 128 more where the run goes on with the block
 * before it; a zero ends all. Words of eight outputs: of a, c; b, d; and the next four the starts of a + (c << 16) and of c. Then of each
 * output, or once for all in `scale`: [where sums are negative, what those lose]; [m2, inner]; m0, m1, addend, range, shift and ends (see
 * core/m0.h). */
#ifndef THIMBLE_FULLY_CONNECTED_M0_H
#define THIMBLE_FULLY_CONNECTED_M0_H

#include "core/m0.h"

/* name(in, weights, blocks, words, out, eights, bytes of eight outputs' weights, scale); `same`: all outputs have one scale.
 * On the stack: the sums 0 to 28, blocks 32, in 36, words 40, out 44, what must be kept 48, m2 52, inner 56, what negative sums lose 60;
 * then what was saved; out 100, eights 104, bytes 108, scale 112. In the loop: r0 + r1 input, r1 weights, r3 sum of inputs; r8 to r11 R and
 * S of both fours, lr end of the weights. */
__asm__(
    ".macro thimble_fc_tap_m0\n"
    "  ldrsb r2, [r0, r1]\n  subs r0, #7\n  adds r3, r3, r2\n"
    "  ldmia r1!, {r4, r5}\n"
    "  rev16 r6, r4\n  muls r4, r2, r4\n  rev16 r7, r5\n  muls r5, r2, r5\n  muls r6, r2, r6\n  muls r7, r2, r7\n"
    "  add r8, r4\n  add r9, r6\n  add r10, r5\n  add r11, r7\n"
    ".endm\n"
    ".macro thimble_fc_extract_m0 r, s\n"
    "  mov r5, \\r\n  mov r4, \\s\n"
    "  lsls r6, r4, #8\n  subs r6, r5, r6\n  lsls r7, r6, #16\n  adds r6, r6, r7\n  add r6, r12\n"
    "  lsls r5, r5, #8\n  subs r4, r4, r5\n  lsls r7, r4, #16\n  adds r4, r4, r7\n  add r4, r12\n"
    "  ldmia r0!, {r2, r3, r5, r7}\n"
    "  adds r2, r2, r6\n  asrs r6, r6, #16\n  adds r3, r3, r6\n"
    "  adds r5, r5, r4\n  asrs r4, r4, #16\n  adds r7, r7, r4\n"
    "  subs r0, #16\n"
    "  stmia r0!, {r2, r3, r5, r7}\n"
    ".endm\n"
    ".macro thimble_fc_scale_m0 pieces, signs\n"
    "  .if \\signs\n  ldmia r3!, {r4, r5}\n  mov r12, r4\n  str r5, [sp, #60]\n  .endif\n"
    "  .if \\pieces == 3\n  ldmia r3!, {r4, r5}\n  str r4, [sp, #52]\n  str r5, [sp, #56]\n  .endif\n"
    "  ldmia r3!, {r0, r1, r2, r4, r5}\n"
    "  mov lr, r4\n"
    ".endm\n"
    /* output i, of the pair at `pair`; high: its second sum */
    ".macro thimble_fc_output_m0 i, pair, high, pieces, signs, same\n"
    "  .if \\same == 0\n"
    "  ldr r3, [sp, #40]\n  thimble_fc_scale_m0 \\pieces, \\signs\n  str r3, [sp, #40]\n"
    "  ldr r3, [sp, #44]\n"
    "  .endif\n"
    "  ldr r4, [sp, #(\\pair + 4)]\n"
    "  .if \\high == 0\n  lsls r6, r4, #16\n  ldr r4, [sp, #\\pair]\n  subs r4, r4, r6\n  .endif\n"
    "  thimble_narrow_m0 \\i, \\pieces, \\signs, 52, 60\n"
    "  strb r4, [r3, #\\i]\n"
    ".endm\n"
    ".macro thimble_fully_connected_m0 name, pieces, signs, same\n"
    "  thimble_enter_m0 \\name, 64\n"
    "  str r0, [sp, #36]\n  str r2, [sp, #32]\n  str r3, [sp, #40]\n"
    "  ldr r4, [sp, #100]\n  str r4, [sp, #44]\n"
    "1:\n"
    "  ldr r3, [sp, #40]\n  mov r2, sp\n"
    "  ldmia r3!, {r4-r7}\n  stmia r2!, {r4-r7}\n"
    "  ldmia r3!, {r4-r7}\n  stmia r2!, {r4-r7}\n"
    "  str r3, [sp, #40]\n"
    "  ldr r2, [sp, #108]\n  adds r2, r2, r1\n  mov lr, r2\n"
    "  ldr r0, [sp, #36]\n  subs r0, r0, r1\n"
    "2:\n"
    "  movs r3, #0\n  mov r8, r3\n  mov r9, r3\n  mov r10, r3\n  mov r11, r3\n"
    "  ldr r4, [sp, #32]\n  ldrb r7, [r4]\n  lsls r7, r7, #25\n"
    "3:\n"
    "  adds r4, #1\n  str r4, [sp, #32]\n"
    "  lsrs r7, r7, #23\n"
    "  add pc, r7\n  nop\n"
    "  .rept 16\n  thimble_fc_tap_m0\n  .endr\n"
    "  ldr r4, [sp, #32]\n  ldrb r7, [r4]\n  lsls r7, r7, #25\n"
    "  bcc 4f\n"
    "  b 3b\n"
    "4:\n"
    "  str r0, [sp, #48]\n"
    "  lsls r4, r3, #7\n  lsls r5, r3, #23\n  adds r4, r4, r5\n"
    "  movs r5, #1\n  lsls r5, r5, #15\n  subs r5, r5, r4\n  mov r12, r5\n"
    "  mov r0, sp\n"
    "  thimble_fc_extract_m0 r8, r9\n"
    "  thimble_fc_extract_m0 r10, r11\n"
    "  ldr r0, [sp, #48]\n"
    "  cmp r1, lr\n  beq 5f\n"
    "  b 2b\n"
    "5:\n"
    "  str r1, [sp, #48]\n"
    "  .if \\same\n"
    "  ldr r3, [sp, #112]\n  thimble_fc_scale_m0 \\pieces, \\signs\n"
    "  ldr r3, [sp, #44]\n"
    "  .endif\n"
    "  thimble_fc_output_m0 0, 0, 0, \\pieces, \\signs, \\same\n"
    "  thimble_fc_output_m0 1, 8, 0, \\pieces, \\signs, \\same\n"
    "  thimble_fc_output_m0 2, 0, 1, \\pieces, \\signs, \\same\n"
    "  thimble_fc_output_m0 3, 8, 1, \\pieces, \\signs, \\same\n"
    "  b 6f\n"
    "  thimble_clamp_m0 0\n  thimble_clamp_m0 1\n  thimble_clamp_m0 2\n  thimble_clamp_m0 3\n"
    "6:\n"
    "  thimble_fc_output_m0 4, 16, 0, \\pieces, \\signs, \\same\n"
    "  thimble_fc_output_m0 5, 24, 0, \\pieces, \\signs, \\same\n"
    "  thimble_fc_output_m0 6, 16, 1, \\pieces, \\signs, \\same\n"
    "  thimble_fc_output_m0 7, 24, 1, \\pieces, \\signs, \\same\n"
    "  adds r3, #8\n  str r3, [sp, #44]\n"
    "  ldr r1, [sp, #48]\n"
    "  ldr r4, [sp, #104]\n  subs r4, #1\n  str r4, [sp, #104]\n"
    "  beq 9f\n"
    "  b 1b\n"
    "  thimble_clamp_m0 4\n  thimble_clamp_m0 5\n  thimble_clamp_m0 6\n  thimble_clamp_m0 7\n"
    "9:\n"
    "  thimble_leave_m0 \\name, 64\n"
    ".endm\n");

#define THIMBLE_FULLY_CONNECTED_M0(name, pieces, signs, same)                                                                   \
  void name(const int8_t* in, const int32_t* weights, const uint8_t* blocks, const int32_t* words, int8_t* out, int32_t eights, \
            int32_t bytes, const int32_t* scale) __asm__(#name);                                                                \
  __asm__("thimble_fully_connected_m0 " #name ", " #pieces ", " #signs ", " #same "\n");

typedef void (*thimble_fully_connected_eights_m0)(const int8_t* in, const int32_t* weights, const uint8_t* blocks, const int32_t* words,
                                                  int8_t* out, int32_t eights, int32_t bytes, const int32_t* scale);

/* last_*: where the data of the last eight outputs begin, which overlap those before where the outputs are no multiple of eight. */
typedef struct {
  int32_t rows, units, features;
  int32_t last_weights, last_blocks, last_words;
} thimble_fully_connected_s8_m0_shape;

/* With fewer than eight units, the others have no weights and go nowhere. */
THIMBLE_KERNEL void thimble_fully_connected_s8_m0(const int8_t* in, int8_t* out, const int32_t* weights, const uint8_t* blocks,
                                                  const int32_t* words, const int32_t* scale, thimble_fully_connected_eights_m0 eights,
                                                  const thimble_fully_connected_s8_m0_shape* s) {
  for (int32_t row = 0; row < s->rows; ++row, in += s->features, out += s->units) {
    if (s->units >= 8) eights(in, weights, blocks, words, out, s->units / 8, 8 * s->features, scale);
    if (s->units > 8 && s->units % 8) {
      eights(in, weights + s->last_weights, blocks + s->last_blocks, words + s->last_words, out + s->units - 8, 1, 8 * s->features, scale);
    } else if (s->units < 8) {
      int8_t all[8];
      eights(in, weights, blocks, words, all, 1, 8 * s->features, scale);
      memcpy(out, all, (size_t)s->units);
    }
  }
}

#endif

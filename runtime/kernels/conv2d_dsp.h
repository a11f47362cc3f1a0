/* int8 convolution for the ARM DSP extension: a tile of up to four pixels times two output channels.
 *
 * Two channels a, b share each 16-bit weight: h = 256 * wa + wb. SMLAD with h sums 256 * A + B, SMLAD with the sign-extended low bytes
 * sums B alone, so one unpacking serves two channels and two taps, and flash holds one byte per weight. The tile's taps are widened to
 * 16 bits beforehand and laid out as the weights are: word (2 i) of a group of four taps holds taps 0 and 2, word (2 i + 1) taps 1 and 3,
 * for each pixel in turn. Whole words of each row of the window come first, then the bytes that are left of all rows.
 *
 * The weight stream of one channel pair: {256 * bias_a + bias_b, bias_b}, a word per two taps, {bias_a << up, when it is added late},
 * then for a and for b what requantises. */
#ifndef THIMBLE_CONV2D_DSP_H
#define THIMBLE_CONV2D_DSP_H

#include "core/dsp.h"

/* The tile: name(taps, stream, out, pairs). Parameters: groups = words of weights per pair; unroll divides groups; pixels 1 to 4;
 * stride = bytes from one output pixel to the next; late = 1 where bias a is added after the extraction of A; the others as in
 * thimble_requantize_dsp. On the stack: where to store, pairs left, end of the taps, their beginning. */
__asm__(
    /* two taps of a pixel: sums s, b come from s0, b0 */
    ".macro thimble_tap_dsp x, s, b, s0, b0\n"
    "  smlad \\s, r10, \\x, \\s0\n  smlad \\b, r11, \\x, \\b0\n"
    ".endm\n"
    /* the first word when it is known: every pixel's sums start from the bias in r2, r6, the first pixel's last */
    ".macro thimble_first_taps_dsp pixels\n"
    "  ldr r10, [r1], #4\n"
    "  .if \\pixels == 4\n  ldrd r12, lr, [r0, #8]\n  .elseif \\pixels == 3\n  ldr r12, [r0, #8]\n  .endif\n"
    "  sxtb16 r11, r10\n"
    "  .if \\pixels > 3\n  thimble_tap_dsp lr, r5, r9, r2, r6\n  .endif\n"
    "  .if \\pixels > 2\n  thimble_tap_dsp r12, r4, r8, r2, r6\n  .endif\n"
    "  .if \\pixels == 1\n  ldr r12, [r0]\n  .else\n  ldrd r12, lr, [r0]\n  thimble_tap_dsp lr, r3, r7, r2, r6\n  .endif\n"
    "  thimble_tap_dsp r12, r2, r6, r2, r6\n"
    ".endm\n"
    ".macro thimble_taps_dsp pixels, at\n"
    "  ldr r10, [r1], #4\n"
    "  .if \\pixels == 1\n  ldr r12, [r0, #\\at]\n  .else\n  ldrd r12, lr, [r0, #\\at]\n  .endif\n"
    "  sxtb16 r11, r10\n"
    "  thimble_tap_dsp r12, r2, r6, r2, r6\n"
    "  .if \\pixels > 1\n  thimble_tap_dsp lr, r3, r7, r3, r7\n  .endif\n"
    "  .if \\pixels == 3\n  ldr r12, [r0, #(\\at + 8)]\n  .elseif \\pixels == 4\n  ldrd r12, lr, [r0, #(\\at + 8)]\n  .endif\n"
    "  .if \\pixels > 2\n  thimble_tap_dsp r12, r4, r8, r4, r8\n  .endif\n"
    "  .if \\pixels > 3\n  thimble_tap_dsp lr, r5, r9, r5, r9\n  .endif\n"
    ".endm\n"
    ".macro thimble_all_taps_dsp groups, unroll, pixels\n"
    "  .if \\unroll == \\groups\n"
    "  thimble_first_taps_dsp \\pixels\n"
    "  .set thimble_at, 4 * \\pixels\n"
    "  .rept \\unroll - 1\n  thimble_taps_dsp \\pixels, thimble_at\n  .set thimble_at, thimble_at + 4 * \\pixels\n  .endr\n"
    "  .else\n"
    "  ldr r0, [sp, #12]\n"
    "  .if \\pixels > 1\n  mov r3, r2\n  mov r7, r6\n  .endif\n"
    "  .if \\pixels > 2\n  mov r4, r2\n  mov r8, r6\n  .endif\n"
    "  .if \\pixels > 3\n  mov r5, r2\n  mov r9, r6\n  .endif\n"
    "2:\n"
    "  .set thimble_at, 0\n"
    "  .rept \\unroll\n  thimble_taps_dsp \\pixels, thimble_at\n  .set thimble_at, thimble_at + 4 * \\pixels\n  .endr\n"
    "  ldr r10, [sp, #8]\n"
    "  add r0, #(4 * \\pixels * \\unroll)\n"
    "  cmp r0, r10\n"
    "  bne 2b\n"
    "  .endif\n"
    ".endm\n"
    ".macro thimble_extract_dsp a, b, late, up\n"
    "  sub \\a, \\a, \\b\n"
    "  .if \\late && \\up < 8\n  add \\a, r12, \\a, asr #(8 - \\up)\n"
    "  .elseif \\late\n  add \\a, r12\n"
    "  .elseif \\up < 8\n  asr \\a, #(8 - \\up)\n  .endif\n"
    ".endm\n"
    ".macro thimble_channel_words_dsp shift, exact\n"
    "  .if \\exact || \\shift < 0\n  ldmia r1!, {r10, r11, r12}\n  .else\n  ldrd r10, r11, [r1], #8\n  .endif\n"
    ".endm\n"
    ".macro thimble_finish_a_dsp a, at, up, shift, exact, low, high\n"
    "  thimble_requantize_dsp \\a, r0, r10, r11, r12, \\up, \\shift, \\exact, \\low, \\high\n"
    "  strb \\a, [lr, #\\at]\n"
    ".endm\n"
    ".macro thimble_finish_b_dsp b, at, up, shift, exact, low, high\n"
    "  lsl \\b, \\b, #\\up\n"
    "  thimble_requantize_dsp \\b, r0, r10, r11, r12, \\up, \\shift, \\exact, \\low, \\high\n"
    "  .if \\at > 0\n  strb \\b, [lr, #\\at]\n  .else\n  strb \\b, [lr], #2\n  .endif\n"
    ".endm\n"
    ".macro thimble_conv2d_tile_dsp name, groups, unroll, pixels, stride, late, up, shift, exact, low, high\n"
    "  .section .text.\\name, \"ax\", %progbits\n"
    "  .thumb\n  .thumb_func\n  .type \\name, %function\n"
    "\\name:\n"
    "  push {r4-r11, lr}\n"
    "  sub sp, #20\n"
    "  adds r2, #1\n" /* from here on it points at channel b */
    "  strd r2, r3, [sp]\n"
    "  movw r2, #(4 * \\pixels * \\groups)\n"
    "  add r2, r0\n"
    "  strd r2, r0, [sp, #8]\n"
    "1:\n"
    "  ldrd r2, r6, [r1], #8\n"
    "  thimble_all_taps_dsp \\groups, \\unroll, \\pixels\n"
    "  .if \\late\n  ldr r12, [r1], #4\n  .endif\n"
    "  thimble_extract_dsp r2, r6, \\late, \\up\n"
    "  .if \\pixels > 1\n  thimble_extract_dsp r3, r7, \\late, \\up\n  .endif\n"
    "  .if \\pixels > 2\n  thimble_extract_dsp r4, r8, \\late, \\up\n  .endif\n"
    "  .if \\pixels > 3\n  thimble_extract_dsp r5, r9, \\late, \\up\n  .endif\n"
    "  thimble_channel_words_dsp \\shift, \\exact\n"
    "  ldr lr, [sp]\n"
    "  thimble_finish_a_dsp r2, -1, \\up, \\shift, \\exact, \\low, \\high\n"
    "  .if \\pixels > 1\n  thimble_finish_a_dsp r3, (\\stride - 1), \\up, \\shift, \\exact, \\low, \\high\n  .endif\n"
    "  .if \\pixels > 2\n  thimble_finish_a_dsp r4, (2 * \\stride - 1), \\up, \\shift, \\exact, \\low, \\high\n  .endif\n"
    "  .if \\pixels > 3\n  thimble_finish_a_dsp r5, (3 * \\stride - 1), \\up, \\shift, \\exact, \\low, \\high\n  .endif\n"
    "  thimble_channel_words_dsp \\shift, \\exact\n"
    "  ldr r2, [sp, #4]\n"
    "  .if \\pixels > 3\n  thimble_finish_b_dsp r9, (3 * \\stride), \\up, \\shift, \\exact, \\low, \\high\n  .endif\n"
    "  .if \\pixels > 2\n  thimble_finish_b_dsp r8, (2 * \\stride), \\up, \\shift, \\exact, \\low, \\high\n  .endif\n"
    "  .if \\pixels > 1\n  thimble_finish_b_dsp r7, \\stride, \\up, \\shift, \\exact, \\low, \\high\n  .endif\n"
    "  thimble_finish_b_dsp r6, 0, \\up, \\shift, \\exact, \\low, \\high\n"
    "  .if \\exact && \\unroll == \\groups\n  ldr r0, [sp, #12]\n  .endif\n"
    "  subs r2, #1\n"
    "  strd lr, r2, [sp]\n"
    "  bne 1b\n"
    "  add sp, #20\n"
    "  pop {r4-r11, pc}\n"
    "  .size \\name, . - \\name\n"
    "  .previous\n"
    ".endm\n");

/* `small` is the unrolling where flash counts more than cycles. */
#define THIMBLE_CONV2D_TILE_DSP(name, groups, unroll, small, pixels, stride, late, up, shift, exact, low, high) \
  void name(const uint32_t* taps, const int32_t* stream, int8_t* out, int32_t pairs);                           \
  __asm__("thimble_conv2d_tile_dsp " #name ", " #groups ", " THIMBLE_UNROLL_DSP(                                \
      unroll, small) ", " #pixels ", " #stride ", " #late ", " #up ", " #shift ", " #exact ", " #low ", " #high "\n");

typedef void (*thimble_conv2d_tile_dsp)(const uint32_t* taps, const int32_t* stream, int8_t* out, int32_t pairs);

/* tail: the pixels that are left after the last whole tile and have a tile of their own; 0: that tile overlaps the one before. */
typedef struct {
  int32_t in_h, in_w, in_c, out_h, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, pad_top, pad_left;
  int32_t in_zero, pixels, tail, groups, pair_words;
} thimble_conv2d_s8_dsp_shape;

/* Widens `words` words of four pixels, `step` bytes apart, side by side. */
THIMBLE_INLINE uint32_t* thimble_widen_four_dsp(uint32_t* to, const int8_t* from, int32_t words, int32_t step) {
  const int8_t *fourth = from + 3 * step, *const end = from + 4 * words;
  __asm volatile(
      "1:\n"
      "  ldr r5, [%[a], %[step]]\n  ldr r8, [%[a], %[step], lsl #1]\n  ldr r9, [%[d]], #4\n  ldr r4, [%[a]], #4\n"
      "  sxtb16 r11, r5\n  sxtb16 r12, r8\n  sxtb16 lr, r9\n  sxtb16 r10, r4\n"
      "  stmia %[to]!, {r10, r11, r12, lr}\n"
      "  sxtb16 r10, r4, ror #8\n  sxtb16 r11, r5, ror #8\n  sxtb16 r12, r8, ror #8\n  sxtb16 lr, r9, ror #8\n"
      "  cmp %[a], %[end]\n"
      "  stmia %[to]!, {r10, r11, r12, lr}\n"
      "  bne 1b\n"
      : [to] "+&r"(to), [a] "+&r"(from), [d] "+&r"(fourth)
      : [step] "r"(step), [end] "r"(end)
      : "r4", "r5", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
  return to;
}

/* Widens `words` words into every `pixels`-th word. */
THIMBLE_INLINE uint32_t* thimble_widen_dsp(uint32_t* to, const int8_t* from, int32_t words, int32_t pixels) {
  const int8_t* const end = from + 4 * words;
#if defined(__GNUC__) && !defined(__clang__) && !defined(THIMBLE_SMALL)
#pragma GCC unroll 4
#endif
  for (; from != end; from += 4, to += 2 * pixels) {
    const uint32_t word = thimble_load_word(from);
    to[0] = thimble_even_bytes(word);
    to[pixels] = thimble_odd_bytes(word);
  }
  return to;
}

/* One row of the window of one output pixel, where the row is inside the input but some columns are not: a copy with the padding. */
THIMBLE_INLINE void thimble_pad_row_dsp(int8_t* to, const int8_t* row, int32_t ix, const thimble_conv2d_s8_dsp_shape* s) {
  const int32_t left = ix < 0 ? -ix * s->in_c : 0, bytes = s->kernel_w * s->in_c;
  const int32_t right = ix + s->kernel_w > s->in_w ? (ix + s->kernel_w - s->in_w) * s->in_c : 0;
  int32_t k = 0;
  row += ix * s->in_c;
  for (; k < left; ++k) to[k] = (int8_t)s->in_zero;
  for (; k < bytes - right; ++k) to[k] = row[k];
  for (; k < bytes; ++k) to[k] = (int8_t)s->in_zero;
}

/* The taps of `count` neighbouring output pixels (all of one row and clear of the padding at the sides when more than one). scratch has
 * room for a row of the window and, per pixel, for the bytes of each row that fill no word. */
THIMBLE_INLINE void thimble_gather_dsp(uint32_t* to, const int8_t* in, int8_t* scratch, int32_t oy, int32_t ox, int32_t count,
                                       const thimble_conv2d_s8_dsp_shape* s) {
  const uint32_t zero = (uint32_t)(s->in_zero & 0xffff) * 0x10001u;
  const int32_t bytes = s->kernel_w * s->in_c, words = bytes / 4, rest = bytes % 4, step = s->stride_w * s->in_c;
  const int32_t rest_words = (s->kernel_h * rest + 3) / 4;
  const int32_t iy = oy * s->stride_h - s->pad_top, ix = ox * s->stride_w - s->pad_left;
  const int clipped = s->kernel_w > 1 && count == 1 && (ix < 0 || ix + s->kernel_w > s->in_w);
  int8_t* const patch = scratch + 4 * count * rest_words;
  for (int32_t ky = 0; ky < s->kernel_h; ++ky) {
    const int8_t* row = in + (iy + ky) * s->in_w * s->in_c;
    if (iy + ky < 0 || iy + ky >= s->in_h) {
      for (int32_t k = 0; k < 2 * words; ++k, to += s->pixels)
        for (int32_t j = 0; j < count; ++j) to[j] = zero;
      for (int32_t j = 0; j < count; ++j)
        for (int32_t k = 0; k < rest; ++k) scratch[4 * rest_words * j + rest * ky + k] = (int8_t)s->in_zero;
      continue;
    }
    if (clipped) {
      thimble_pad_row_dsp(patch, row, ix, s);
      row = patch;
    } else {
      row += ix * s->in_c;
    }
    if (words > 0) to = count == 4 ? thimble_widen_four_dsp(to, row, words, step) : thimble_widen_dsp(to, row, words, s->pixels);
    for (int32_t j = 0; j < count; ++j)
      for (int32_t k = 0; k < rest; ++k) scratch[4 * rest_words * j + rest * ky + k] = row[j * step + 4 * words + k];
  }
  if (rest_words == 0) return;
  if (count == 4)
    thimble_widen_four_dsp(to, scratch, rest_words, 4 * rest_words);
  else
    thimble_widen_dsp(to, scratch, rest_words, s->pixels);
}

/* All channels of a tile of pixels; the last pair of channels overlaps the one before it where they are odd. */
THIMBLE_INLINE void thimble_tile_dsp(const uint32_t* taps, const int32_t* stream, int8_t* out, thimble_conv2d_tile_dsp tile,
                                     const thimble_conv2d_s8_dsp_shape* s) {
  tile(taps, stream, out, s->out_c / 2);
  if (s->out_c % 2) tile(taps, stream + s->out_c / 2 * s->pair_words, out + s->out_c - 2, 1);
}

/* scratch: 4 * pixels * groups bytes of taps, then what gathering needs. A pointwise convolution comes as one long row. */
THIMBLE_KERNEL void thimble_conv2d_s8_dsp(const int8_t* in, int8_t* out, const int32_t* stream, void* scratch, thimble_conv2d_tile_dsp tile,
                                          thimble_conv2d_tile_dsp tail, const thimble_conv2d_s8_dsp_shape* s) {
  uint32_t* const taps = (uint32_t*)scratch;
  int8_t* const patch = (int8_t*)(taps + s->pixels * s->groups);
  const int32_t count = s->out_h * s->out_w, whole = count - s->tail;
  int32_t oy = 0, ox = 0;
  for (int32_t done = 0; done < whole; done += s->pixels) {
    const int32_t first = done + s->pixels > whole ? whole - s->pixels : done;
    if (first != done) oy = first / s->out_w, ox = first % s->out_w;
    if (s->pixels == 4 && ox + 4 <= s->out_w && ox * s->stride_w >= s->pad_left &&
        (ox + 3) * s->stride_w - s->pad_left + s->kernel_w <= s->in_w) {
      thimble_gather_dsp(taps, in, patch, oy, ox, 4, s);
      ox += 4;
      if (ox == s->out_w) ox = 0, ++oy;
    } else {
      for (int32_t j = 0; j < s->pixels; ++j) {
        thimble_gather_dsp(taps + j, in, patch, oy, ox, 1, s);
        if (++ox == s->out_w) ox = 0, ++oy;
      }
    }
    thimble_tile_dsp(taps, stream, out + first * s->out_c, tile, s);
  }
  if (s->tail == 1) { /* its taps lie close */
    thimble_conv2d_s8_dsp_shape one = *s;
    one.pixels = 1;
    thimble_gather_dsp(taps, in, patch, oy, ox, 1, &one);
    thimble_tile_dsp(taps, stream, out + whole * s->out_c, tail, s);
  }
}

#endif

/* int8 convolution for the ARM DSP extension: a tile of up to four pixels times two output channels.
 *
 * Two channels a, b share each 16-bit weight: h = 256 * wa + wb. SMLAD with h sums 256 * A + B, SMLAD with the sign-extended low bytes
 * sums B alone, so one unpacking serves two channels and two taps, and flash holds one byte per weight. The tile's taps are widened to
 * 16 bits beforehand and laid out as the weights are: word (2 i) of a group of four taps holds taps 0 and 2, word (2 i + 1) taps 1 and 3,
 * for each pixel in turn.
 *
 * The weight stream of one channel pair: {256 * bias_a + bias_b, bias_b}, a word per two taps, {bias_a twice, when it is added late},
 * then for a and b {mantissa, rounding + output zero point, shift}. */
#ifndef THIMBLE_CONV2D_DSP_H
#define THIMBLE_CONV2D_DSP_H

#include "core/dsp.h"

/* The tile: name(taps, stream, out, pairs). Parameters: groups = words of weights per pair; unroll divides groups; pixels 1 to 4;
 * stride = bytes from one output pixel to the next; exact = 1 where negative ties can be seen; late = 1 where bias a is added after
 * the extraction of A; low, high: the clamp. */
__asm__(
    ".syntax unified\n"
    ".macro thimble_requantize_dsp x, exact, low, high\n"
    "  .if \\exact\n  smmulr \\x, \\x, r10\n  add \\x, \\x, \\x, asr #31\n  add \\x, \\x, r11\n"
    "  .else\n  smmlar \\x, \\x, r10, r11\n  .endif\n"
    "  asr \\x, \\x, r12\n"
    "  ssat \\x, #8, \\x\n"
    "  .if \\low > -128\n  cmp \\x, #\\low\n  it lt\n  movlt \\x, #\\low\n  .endif\n"
    "  .if \\high < 127\n  cmp \\x, #\\high\n  it gt\n  movgt \\x, #\\high\n  .endif\n"
    ".endm\n"
    ".macro thimble_taps_dsp pixels\n"
    "  ldr r10, [r1], #4\n"
    "  .if \\pixels == 1\n  ldr r12, [r0], #4\n  .else\n  ldrd r12, lr, [r0], #8\n  .endif\n"
    "  sxtb16 r11, r10\n"
    "  smlad r2, r10, r12, r2\n  smlad r6, r11, r12, r6\n"
    "  .if \\pixels > 1\n  smlad r3, r10, lr, r3\n  smlad r7, r11, lr, r7\n  .endif\n"
    "  .if \\pixels == 3\n  ldr r12, [r0], #4\n  .endif\n"
    "  .if \\pixels == 4\n  ldrd r12, lr, [r0], #8\n  .endif\n"
    "  .if \\pixels > 2\n  smlad r4, r10, r12, r4\n  smlad r8, r11, r12, r8\n  .endif\n"
    "  .if \\pixels > 3\n  smlad r5, r10, lr, r5\n  smlad r9, r11, lr, r9\n  .endif\n"
    ".endm\n"
    ".macro thimble_conv2d_tile_dsp name, groups, unroll, pixels, stride, exact, late, low, high\n"
    "  .section .text.\\name, \"ax\", %progbits\n"
    "  .thumb\n  .thumb_func\n  .type \\name, %function\n"
    "\\name:\n"
    "  push {r4-r11, lr}\n"
    "  sub sp, #16\n"
    "  strd r2, r3, [sp]\n"
    "  str r0, [sp, #12]\n"
    "  movw r2, #(4 * \\pixels * \\groups)\n"
    "  add r2, r0\n"
    "  str r2, [sp, #8]\n"
    "1:\n"
    "  ldr r0, [sp, #12]\n"
    "  ldrd r2, r6, [r1], #8\n"
    "  .if \\pixels > 1\n  mov r3, r2\n  mov r7, r6\n  .endif\n"
    "  .if \\pixels > 2\n  mov r4, r2\n  mov r8, r6\n  .endif\n"
    "  .if \\pixels > 3\n  mov r5, r2\n  mov r9, r6\n  .endif\n"
    "2:\n"
    "  .rept \\unroll\n  thimble_taps_dsp \\pixels\n  .endr\n"
    "  .if \\unroll < \\groups\n  ldr r10, [sp, #8]\n  cmp r0, r10\n  bne 2b\n  .endif\n"
    "  .if \\late\n  ldr r10, [r1], #4\n  .endif\n"
    "  .set thimble_i, 0\n"
    "  .irp a, r2, r3, r4, r5\n"
    "    .if thimble_i == 0\n      .set thimble_b, 6\n    .endif\n"
    "    .if thimble_i < \\pixels\n"
    "      .if thimble_i == 0\n      sub \\a, \\a, r6\n      .elseif thimble_i == 1\n      sub \\a, \\a, r7\n"
    "      .elseif thimble_i == 2\n      sub \\a, \\a, r8\n      .else\n      sub \\a, \\a, r9\n      .endif\n"
    "      .if \\late\n      add \\a, r10, \\a, asr #7\n      .else\n      asr \\a, \\a, #7\n      .endif\n"
    "    .endif\n"
    "    .set thimble_i, thimble_i + 1\n"
    "  .endr\n"
    "  ldmia r1!, {r10, r11, r12}\n"
    "  ldr lr, [sp]\n"
    "  .set thimble_i, 0\n"
    "  .irp a, r2, r3, r4, r5\n"
    "    .if thimble_i < \\pixels\n"
    "    thimble_requantize_dsp \\a, \\exact, \\low, \\high\n"
    "    strb \\a, [lr, #(thimble_i * \\stride)]\n"
    "    .endif\n"
    "    .set thimble_i, thimble_i + 1\n"
    "  .endr\n"
    "  ldmia r1!, {r10, r11, r12}\n"
    "  .set thimble_i, 0\n"
    "  .irp b, r6, r7, r8, r9\n"
    "    .if thimble_i < \\pixels\n"
    "    lsl \\b, \\b, #1\n"
    "    thimble_requantize_dsp \\b, \\exact, \\low, \\high\n"
    "    strb \\b, [lr, #(thimble_i * \\stride + 1)]\n"
    "    .endif\n"
    "    .set thimble_i, thimble_i + 1\n"
    "  .endr\n"
    "  ldr r2, [sp, #4]\n"
    "  adds lr, #2\n"
    "  subs r2, #1\n"
    "  strd lr, r2, [sp]\n"
    "  bne 1b\n"
    "  add sp, #16\n"
    "  pop {r4-r11, pc}\n"
    "  .size \\name, . - \\name\n"
    "  .previous\n"
    ".endm\n");

#define THIMBLE_CONV2D_TILE_DSP(name, groups, unroll, pixels, stride, exact, late, low, high)                                              \
  void name(const uint32_t* taps, const int32_t* stream, int8_t* out, int32_t pairs);                                                      \
  __asm__("thimble_conv2d_tile_dsp " #name ", " #groups ", " #unroll ", " #pixels ", " #stride ", " #exact ", " #late ", " #low ", " #high \
          "\n");

typedef void (*thimble_conv2d_tile_dsp)(const uint32_t* taps, const int32_t* stream, int8_t* out, int32_t pairs);

typedef struct {
  int32_t in_h, in_w, in_c, out_h, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, pad_top, pad_left;
  int32_t in_zero, pixels, groups, pair_words;
} thimble_conv2d_s8_dsp_shape;

/* Widens `bytes` (a multiple of 4) into every `pixels`-th word. */
THIMBLE_INLINE uint32_t* thimble_widen_dsp(uint32_t* to, const int8_t* from, int32_t bytes, int32_t pixels) {
  const int8_t* const end = from + bytes;
  for (; from != end; from += 4, to += 2 * pixels) {
    const uint32_t word = thimble_load_word(from);
    to[0] = thimble_even_bytes(word);
    to[pixels] = thimble_odd_bytes(word);
  }
  return to;
}

/* The taps of one output pixel where a pixel is a whole number of words: no copy in between. */
THIMBLE_INLINE void thimble_taps_by_words_dsp(uint32_t* to, const int8_t* in, int32_t oy, int32_t ox,
                                              const thimble_conv2d_s8_dsp_shape* s) {
  const uint32_t zero = (uint32_t)(s->in_zero & 0xffff) * 0x10001u;
  const int32_t iy = oy * s->stride_h - s->pad_top, ix = ox * s->stride_w - s->pad_left;
  const int32_t left = ix < 0 ? -ix : 0, right = ix + s->kernel_w > s->in_w ? ix + s->kernel_w - s->in_w : 0;
  for (int32_t ky = 0; ky < s->kernel_h; ++ky) {
    const int inside = iy + ky >= 0 && iy + ky < s->in_h;
    const int32_t before = (inside ? left : s->kernel_w) * s->in_c, after = (inside ? right : 0) * s->in_c;
    for (int32_t k = 0; k < before; k += 2, to += s->pixels) *to = zero;
    if (inside)
      to = thimble_widen_dsp(to, in + ((iy + ky) * s->in_w + ix + left) * s->in_c, (s->kernel_w - left - right) * s->in_c, s->pixels);
    for (int32_t k = 0; k < after; k += 2, to += s->pixels) *to = zero;
  }
}

/* The taps of one output pixel by way of a copy of its window; `patch` has room for 2 * groups bytes. */
THIMBLE_INLINE void thimble_taps_by_patch_dsp(uint32_t* to, const int8_t* in, int8_t* patch, int32_t oy, int32_t ox,
                                              const thimble_conv2d_s8_dsp_shape* s) {
  const int32_t iy = oy * s->stride_h - s->pad_top, ix = ox * s->stride_w - s->pad_left, row = s->kernel_w * s->in_c;
  int8_t* p = patch;
  if (iy >= 0 && ix >= 0 && iy + s->kernel_h <= s->in_h && ix + s->kernel_w <= s->in_w) {
    for (int32_t ky = 0; ky < s->kernel_h; ++ky, p += row) memcpy(p, in + ((iy + ky) * s->in_w + ix) * s->in_c, (size_t)row);
  } else {
    for (int32_t ky = iy; ky < iy + s->kernel_h; ++ky)
      for (int32_t kx = ix; kx < ix + s->kernel_w; ++kx, p += s->in_c) {
        if (ky >= 0 && ky < s->in_h && kx >= 0 && kx < s->in_w)
          memcpy(p, in + (ky * s->in_w + kx) * s->in_c, (size_t)s->in_c);
        else
          memset(p, s->in_zero, (size_t)s->in_c);
      }
  }
  thimble_widen_dsp(to, patch, 2 * s->groups, s->pixels);
}

/* scratch: 4 * pixels * groups bytes of taps, then 2 * groups bytes of patch. The last tile overlaps the one before it where the pixels
 * are no multiple of the tile; so does the last pair of channels where they are odd. */
THIMBLE_KERNEL void thimble_conv2d_s8_dsp(const int8_t* in, int8_t* out, const int32_t* stream, void* scratch, thimble_conv2d_tile_dsp tile,
                                          const thimble_conv2d_s8_dsp_shape* s) {
  uint32_t* const taps = (uint32_t*)scratch;
  int8_t* const patch = (int8_t*)(taps + s->pixels * s->groups);
  const int32_t count = s->out_h * s->out_w;
  const int pointwise = s->kernel_h * s->kernel_w == 1 && s->stride_h * s->stride_w == 1 && s->in_c % 4 == 0;
  int32_t oy = 0, ox = 0;
  for (int32_t done = 0; done < count; done += s->pixels) {
    const int32_t first = done + s->pixels > count ? count - s->pixels : done;
    if (first != done) oy = first / s->out_w, ox = first % s->out_w;
    for (int32_t j = 0; j < s->pixels; ++j) {
      if (pointwise)
        thimble_widen_dsp(taps + j, in + (first + j) * s->in_c, s->in_c, s->pixels);
      else if (s->in_c % 4 == 0)
        thimble_taps_by_words_dsp(taps + j, in, oy, ox, s);
      else
        thimble_taps_by_patch_dsp(taps + j, in, patch, oy, ox, s);
      if (++ox == s->out_w) ox = 0, ++oy;
    }
    tile(taps, stream, out + first * s->out_c, s->out_c / 2);
    if (s->out_c % 2) tile(taps, stream + s->out_c / 2 * s->pair_words, out + (first + 1) * s->out_c - 2, 1);
  }
}

#endif

/* int8 convolution for ARMv6-M: tiles of four pixels, two pixels to a word.
 *
 * One multiplication of xa + (xb << 16) by a weight makes two products. The sum of a block of taps is taken apart before its low half can
 * leave 16 bits: all of it is added to one total, (sum + 0x8000) >> 16 to that of pixel b, and in the end a = total - (b << 16). The blocks
 * of every channel are cut when the model is compiled; a byte per block says where the unrolled taps are entered.
 *
 * The taps of a tile lie as two words each, 8 bytes apart, and so do the weights of a channel: eight channels are interleaved. Thereby one
 * address is the other plus a constant, and nothing counts but the load of the taps.
 *
 * Words of a channel: where its weights begin, the totals' start, pixel b's start; [where sums are negative, what those lose]; [m2, inner];
 * m0, m1, addend, range, shift and ends (see core/m0.h). */
#ifndef THIMBLE_CONV2D_M0_H
#define THIMBLE_CONV2D_M0_H

#include "core/m0.h"

/* name(taps, words, blocks, out, channels, pitch, weights, bytes of taps); `pitch` bytes lie between output pixels.
 * On the stack: taps 0, words 4, out 8, what negative sums lose 12, blocks 16, m2 20, inner 24; then what was saved; channels 64, pitch 68,
 * weights - taps 72, end of the taps 76. In the loop: r0 taps, r1 weights - taps, r5, r6 sums of a block, r7 blocks; r8, r10 totals,
 * r9, r11 pixels b, r12 0x8000, lr end of the taps. */
__asm__(
    ".macro thimble_conv2d_tile_m0 name, pieces, signs\n"
    "  thimble_enter_m0 \\name, 28\n"
    "  str r0, [sp]\n  str r1, [sp, #4]\n  str r3, [sp, #8]\n"
    "  movs r7, r2\n"
    "  ldr r4, [sp, #72]\n  subs r4, r4, r0\n  str r4, [sp, #72]\n"
    "  ldr r4, [sp, #76]\n  adds r4, r4, r0\n  str r4, [sp, #76]\n"
    "  movs r2, #128\n  lsls r2, r2, #8\n  mov r12, r2\n"
    "1:\n"
    "  ldr r3, [sp, #4]\n"
    "  ldmia r3!, {r1, r2, r4}\n"
    "  str r3, [sp, #4]\n"
    "  mov r8, r2\n  mov r10, r2\n  mov r9, r4\n  mov r11, r4\n"
    "  ldr r2, [sp, #72]\n  adds r1, r1, r2\n"
    "  ldr r2, [sp, #76]\n  mov lr, r2\n"
    "  .if \\signs\n  movs r2, #128\n  lsls r2, r2, #8\n  mov r12, r2\n  .endif\n"
    "  ldr r0, [sp]\n"
    "2:\n"
    "  ldrsb r2, [r1, r0]\n  ldmia r0!, {r5, r6}\n  muls r5, r2, r5\n  muls r6, r2, r6\n"
    "  ldrb r4, [r7]\n  adds r7, #1\n  add pc, r4\n  nop\n"
    "  .rept 16\n"
    "  ldrsb r2, [r1, r0]\n  ldmia r0!, {r3, r4}\n  muls r3, r2, r3\n  muls r4, r2, r4\n  adds r5, r5, r3\n  adds r6, r6, r4\n"
    "  .endr\n"
    "  add r5, r12\n  add r6, r12\n"
    "  add r8, r5\n  add r10, r6\n"
    "  asrs r5, r5, #16\n  asrs r6, r6, #16\n"
    "  add r9, r5\n  add r11, r6\n"
    "  cmp r0, lr\n"
    "  bne 2b\n"
    "  ldr r3, [sp, #4]\n"
    "  .if \\signs\n  ldmia r3!, {r4, r5}\n  mov r12, r4\n  str r5, [sp, #12]\n  .endif\n"
    "  .if \\pieces == 3\n  ldmia r3!, {r4, r5}\n  str r4, [sp, #20]\n  str r5, [sp, #24]\n  .endif\n"
    "  ldmia r3!, {r0, r1, r2, r4, r5}\n"
    "  str r3, [sp, #4]\n"
    "  mov lr, r4\n"
    "  .if \\signs || \\pieces == 3\n  str r7, [sp, #16]\n  .endif\n"
    "  ldr r3, [sp, #8]\n  adds r6, r3, #1\n  str r6, [sp, #8]\n"
    "  mov r6, r9\n  lsls r6, r6, #16\n  mov r4, r8\n  subs r4, r4, r6\n"
    "  thimble_narrow_m0 0, \\pieces, \\signs, 20, 12\n"
    "  ldr r6, [sp, #68]\n  mov r8, r6\n"
    "  strb r4, [r3]\n  add r3, r8\n"
    "  mov r4, r9\n"
    "  thimble_narrow_m0 1, \\pieces, \\signs, 20, 12\n"
    "  strb r4, [r3]\n  add r3, r8\n"
    "  mov r6, r11\n  lsls r6, r6, #16\n  mov r4, r10\n  subs r4, r4, r6\n"
    "  thimble_narrow_m0 2, \\pieces, \\signs, 20, 12\n"
    "  strb r4, [r3]\n  add r3, r8\n"
    "  mov r4, r11\n"
    "  thimble_narrow_m0 3, \\pieces, \\signs, 20, 12\n"
    "  strb r4, [r3]\n"
    "  .if \\signs || \\pieces == 3\n  ldr r7, [sp, #16]\n  .endif\n"
    "  ldr r0, [sp, #64]\n  subs r0, #1\n  str r0, [sp, #64]\n"
    "  beq 9f\n"
    "  b 1b\n"
    "  thimble_clamp_m0 0\n"
    "  thimble_clamp_m0 1\n"
    "  thimble_clamp_m0 2\n"
    "  thimble_clamp_m0 3\n"
    "9:\n"
    "  thimble_leave_m0 \\name, 28\n"
    ".endm\n"
    /* n bytes of each of four pixels to n times two words: name(to, a, b, c, d, n) returns the end of what it wrote */
    ".macro thimble_pack_pairs_m0 name\n"
    "  thimble_enter_m0 \\name, 0\n"
    "  ldr r4, [sp, #36]\n  ldr r5, [sp, #40]\n"
    "  adds r1, r1, r5\n  adds r2, r2, r5\n  adds r3, r3, r5\n  adds r4, r4, r5\n"
    "  rsbs r5, r5, #0\n"
    "1:\n"
    "  ldrsb r6, [r2, r5]\n  lsls r6, r6, #16\n  ldrsb r7, [r1, r5]\n  adds r6, r6, r7\n  stmia r0!, {r6}\n"
    "  ldrsb r6, [r4, r5]\n  lsls r6, r6, #16\n  ldrsb r7, [r3, r5]\n  adds r6, r6, r7\n  stmia r0!, {r6}\n"
    "  adds r5, #1\n"
    "  bne 1b\n"
    "  thimble_leave_m0 \\name, 0\n"
    ".endm\n");

#define THIMBLE_CONV2D_TILE_M0(name, pieces, signs)                                                                          \
  void name(const uint32_t* taps, const int32_t* words, const uint8_t* blocks, int8_t* out, int32_t channels, int32_t pitch, \
            const int8_t* weights, int32_t bytes) __asm__(#name);                                                            \
  __asm__("thimble_conv2d_tile_m0 " #name ", " #pieces ", " #signs "\n");

typedef void (*thimble_conv2d_tile_m0)(const uint32_t* taps, const int32_t* words, const uint8_t* blocks, int8_t* out, int32_t channels,
                                       int32_t pitch, const int8_t* weights, int32_t bytes);

__asm__("thimble_pack_pairs_m0 thimble_pack_pairs\n");
uint32_t* thimble_pack_pairs(uint32_t* to, const int8_t* a, const int8_t* b, const int8_t* c, const int8_t* d,
                             int32_t count) __asm__("thimble_pack_pairs");

typedef struct {
  int32_t in_h, in_w, in_c, out_w, out_c, pixels; /* of the output */
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int32_t in_zero;
} thimble_conv2d_s8_m0_shape;

/* A row of a window that is not a stretch of the input: some of it padding, or its taps apart. */
THIMBLE_INLINE void thimble_gather_row_m0(int8_t* to, const int8_t* row, int32_t ix, const thimble_conv2d_s8_m0_shape* s) {
  for (int32_t kx = 0; kx < s->kernel_w; ++kx, ix += s->dilation_w) {
    const int inside = row && ix >= 0 && ix < s->in_w;
    const int8_t* from = row + ix * s->in_c;
    for (int32_t k = 0; k < s->in_c; ++k) *to++ = inside ? from[k] : (int8_t)s->in_zero;
  }
}

/* Where an output pixel's window begins. */
typedef struct {
  int32_t oy, ox;
} thimble_conv2d_place_m0;

/* The taps of four neighbouring pixels of one row whose windows lie inside the input; NULL, and nothing done, where they do not. */
THIMBLE_INLINE uint32_t* thimble_pack_inside_m0(uint32_t* to, const int8_t* in, thimble_conv2d_place_m0 at,
                                                const thimble_conv2d_s8_m0_shape* s) {
  const int32_t y = at.oy * s->stride_h - s->pad_top, x = at.ox * s->stride_w - s->pad_left;
  const int32_t step = s->stride_w * s->in_c, bytes = s->kernel_w * s->in_c;
  if ((s->dilation_w != 1 && s->kernel_w != 1) || at.ox + 4 > s->out_w) return NULL;
  if (y < 0 || x < 0 || y + (s->kernel_h - 1) * s->dilation_h >= s->in_h || x + 3 * s->stride_w + s->kernel_w > s->in_w) return NULL;
  const int8_t* from = in + (y * s->in_w + x) * s->in_c;
  for (int32_t ky = 0; ky < s->kernel_h; ++ky, from += s->dilation_h * s->in_w * s->in_c)
    to = thimble_pack_pairs(to, from, from + step, from + 2 * step, from + 3 * step, bytes);
  return to;
}

/* The same wherever they lie; `rows` has room for a row of each one's window. */
THIMBLE_INLINE void thimble_gather_m0(uint32_t* to, int8_t* rows, const int8_t* in, thimble_conv2d_place_m0 at, int32_t pixels,
                                      const thimble_conv2d_s8_m0_shape* s) {
  const int32_t bytes = s->kernel_w * s->in_c, span = (s->kernel_w - 1) * s->dilation_w;
  int32_t top[4], left[4];
  for (int32_t j = 0; j < 4; ++j) {
    top[j] = at.oy * s->stride_h - s->pad_top, left[j] = at.ox * s->stride_w - s->pad_left;
    if (j + 1 >= pixels) continue; /* a map of fewer than four pixels */
    if (++at.ox == s->out_w) at.ox = 0, ++at.oy;
  }
  for (int32_t ky = 0; ky < s->kernel_h; ++ky) {
    const int8_t* from[4];
    for (int32_t j = 0; j < 4; ++j) {
      const int32_t iy = top[j] + ky * s->dilation_h;
      const int8_t* row = iy < 0 || iy >= s->in_h ? NULL : in + iy * s->in_w * s->in_c;
      if (row && left[j] >= 0 && left[j] + span < s->in_w && (s->dilation_w == 1 || s->kernel_w == 1)) {
        from[j] = row + left[j] * s->in_c;
      } else {
        from[j] = rows + j * bytes;
        thimble_gather_row_m0(rows + j * bytes, row, left[j], s);
      }
    }
    to = thimble_pack_pairs(to, from[0], from[1], from[2], from[3], bytes);
  }
}

/* scratch: 8 bytes per tap; the windows' rows, where some are gathered; four pixels of output, where there are not four. The last tile is
 * moved back over the one before it. A pointwise convolution comes as one long row. */
THIMBLE_KERNEL void thimble_conv2d_s8_m0(const int8_t* in, int8_t* out, const int32_t* words, const uint8_t* blocks, const int8_t* weights,
                                         void* scratch, thimble_conv2d_tile_m0 tile, const thimble_conv2d_s8_m0_shape* s) {
  uint32_t* const taps = (uint32_t*)scratch;
  const int32_t bytes = 8 * s->kernel_h * s->kernel_w * s->in_c;
  int8_t* const rows = (int8_t*)scratch + bytes;
  const int pointwise = s->kernel_h * s->kernel_w * s->stride_h * s->stride_w == 1 && s->pad_top + s->pad_left == 0 &&
                        s->out_w == s->in_w && s->pixels == s->in_h * s->in_w;
  thimble_conv2d_place_m0 at = {0, 0};
  for (int32_t done = 0; done < s->pixels; done += 4, at.ox += 4) {
    const int32_t back = s->pixels >= 4 && done + 4 > s->pixels ? done + 4 - s->pixels : 0;
    if (pointwise && s->pixels >= 4) {
      const int8_t* from = in + (done - back) * s->in_c;
      thimble_pack_pairs(taps, from, from + s->in_c, from + 2 * s->in_c, from + 3 * s->in_c, s->in_c);
    } else {
      for (at.ox -= back; at.ox < 0; at.ox += s->out_w) --at.oy;
      for (; at.ox >= s->out_w; at.ox -= s->out_w) ++at.oy;
      if (s->pixels < 4 || !thimble_pack_inside_m0(taps, in, at, s)) thimble_gather_m0(taps, rows, in, at, s->pixels, s);
    }
    if (s->pixels >= 4) {
      tile(taps, words, blocks, out + (done - back) * s->out_c, s->out_c, s->out_c, weights, bytes);
    } else {
      int8_t* const few = rows + 4 * s->kernel_w * s->in_c;
      tile(taps, words, blocks, few, s->out_c, s->out_c, weights, bytes);
      memcpy(out, few, (size_t)(s->pixels * s->out_c));
    }
  }
}

#endif

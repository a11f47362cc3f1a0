/* int8 convolution for RV32IM: a tile of up to three pairs of pixels times two output channels.
 *
 * Two pixels share a word, low + 65536 * high, so that one multiplication by a weight makes two products. The low half carries into the
 * high one, so a channel pair's taps are cut into blocks in which no low sum, of whatever inputs, leaves 16 bits: proven when the model is
 * compiled. At the end of a block the word is added to S, its upper half (rounded, by 0x8000 in the first sum) to the high pixel's sum H;
 * at the end of the taps the low pixel's sum is S - 65536 * H.
 *
 * A block of n taps is a byte, which says where its code is, and n times two weights. The code of every n that may come is laid out in
 * steps of 16 bytes: a block ends by jumping to the next one's. It is the same for all layers.
 *
 * The table of one channel pair, in words: the first S and H of a, of b; what requantises: {m, h} of a, of b; shift of a, of b; what a
 * negative sum of a, of b adds. */
#ifndef THIMBLE_CONV2D_RV32_H
#define THIMBLE_CONV2D_RV32_H

#include "core/rv32.h"
#include "kernels/window2d.h"

typedef struct {
  const void* finish; /* how sums become outputs */
  int32_t pairs;      /* of channels */
  int32_t step;       /* bytes from one output pixel to the next */
  int32_t up, low, high;
  int32_t bytes; /* from the first output pixel to the end of the last */
} thimble_conv2d_tile_rv32;

/* name(taps, blocks, table, out, tile): px a0, blocks a1, pixels a2-a4, weight a5, product a6, code a7, 0x8000 ra; sums of the block t0-t5,
 * S s0-s5, H s6-s11, of the pairs of channel a, then b. */
__asm__(
    ".macro thimble_tap_rv32 n, pairs\n"
    "  .irp i, 0, 1, 2\n  .if \\i < \\pairs\n"
    "  .if \\i == 0\n  lw a2, 4 * \\pairs * \\n(a0)\n"
    "  .elseif \\i == 1\n  lw a3, 4 * \\pairs * \\n + 4(a0)\n"
    "  .else\n  lw a4, 4 * \\pairs * \\n + 8(a0)\n  .endif\n"
    "  .endif\n  .endr\n"
    "  lb a5, 2 * \\n + 1(a1)\n"
    "  thimble_products_rv32 \\n, t0, t1, t2, \\pairs\n"
    "  lb a5, 2 * \\n + 2(a1)\n"
    "  .if \\pairs == 3\n  thimble_products_rv32 \\n, t3, t4, t5, 3\n"
    "  .elseif \\pairs == 2\n  thimble_products_rv32 \\n, t2, t3, x0, 2\n"
    "  .else\n  thimble_products_rv32 \\n, t1, x0, x0, 1\n  .endif\n"
    ".endm\n"
    ".macro thimble_product_rv32 n, p, x\n"
    "  .if \\n == 0\n  mul \\p, a5, \\x\n  add \\p, \\p, ra\n"
    "  .else\n  mul a6, a5, \\x\n  add \\p, \\p, a6\n  .endif\n"
    ".endm\n"
    ".macro thimble_products_rv32 n, p0, p1, p2, pairs\n"
    "  thimble_product_rv32 \\n, \\p0, a2\n"
    "  .if \\pairs > 1\n  thimble_product_rv32 \\n, \\p1, a3\n  .endif\n"
    "  .if \\pairs > 2\n  thimble_product_rv32 \\n, \\p2, a4\n  .endif\n"
    ".endm\n"
    ".macro thimble_extract_rv32 p, s, h\n"
    "  add \\s, \\s, \\p\n  srai \\p, \\p, 16\n  add \\h, \\h, \\p\n"
    ".endm\n"
    /* a block of n taps, and on to the next */
    ".macro thimble_block_rv32 taps, pairs\n"
    "  .set thimble_n, 0\n"
    "  .rept \\taps\n  thimble_tap_rv32 thimble_n, \\pairs\n  .set thimble_n, thimble_n + 1\n  .endr\n"
    "  lbu a6, 2 * \\taps + 1(a1)\n"
    "  thimble_extract_rv32 t0, s0, s6\n"
    "  thimble_extract_rv32 t1, s1, s7\n"
    "  .if \\pairs > 1\n  thimble_extract_rv32 t2, s2, s8\n  thimble_extract_rv32 t3, s3, s9\n  .endif\n"
    "  .if \\pairs > 2\n  thimble_extract_rv32 t4, s4, s10\n  thimble_extract_rv32 t5, s5, s11\n  .endif\n"
    "  slli a6, a6, 4\n"
    "  add a6, a6, a7\n"
    "  .option push\n  .option norvc\n"
    "  addi a0, a0, 4 * \\pairs * \\taps\n"
    "  addi a1, a1, 2 * \\taps + 1\n"
    "  .option pop\n"
    "  jr a6\n"
    "  .set thimble_n, 15 - (\\taps * (14 * \\pairs + 8) + 16 * \\pairs + 18 + 15) % 16\n"
    "  .if thimble_n > 0\n  .space thimble_n\n  .endif\n"
    ".endm\n"
    ".macro thimble_conv2d_tile_rv32 name, pairs\n"
    "  .section .text.\\name, \"ax\", @progbits\n"
    "  .balign 4\n  .type \\name, @function\n"
    "\\name:\n"
    "  addi sp, sp, -80\n"
    "  sw ra, 0(sp)\n  sw s0, 4(sp)\n  sw s1, 8(sp)\n  sw s2, 12(sp)\n  sw s3, 16(sp)\n  sw s4, 20(sp)\n  sw s5, 24(sp)\n"
    "  sw s6, 28(sp)\n  sw s7, 32(sp)\n  sw s8, 36(sp)\n  sw s9, 40(sp)\n  sw s10, 44(sp)\n  sw s11, 48(sp)\n"
    "  sw a0, 52(sp)\n  sw a2, 56(sp)\n  sw a3, 60(sp)\n  sw a4, 64(sp)\n"
    "  lw a6, 4(a4)\n  sw a6, 68(sp)\n"
    "  lla a7, .L\\name\\()_blocks\n"
    "1:\n"
    "  lw s0, 0(a2)\n  lw s6, 4(a2)\n"
    "  .if \\pairs == 3\n"
    "  lw s3, 8(a2)\n  lw s9, 12(a2)\n"
    "  mv s1, s0\n  mv s2, s0\n  mv s4, s3\n  mv s5, s3\n  mv s7, s6\n  mv s8, s6\n  mv s10, s9\n  mv s11, s9\n"
    "  .elseif \\pairs == 2\n"
    "  lw s2, 8(a2)\n  lw s8, 12(a2)\n"
    "  mv s1, s0\n  mv s3, s2\n  mv s7, s6\n  mv s9, s8\n"
    "  .else\n"
    "  lw s1, 8(a2)\n  lw s7, 12(a2)\n"
    "  .endif\n"
    "  lbu a6, 0(a1)\n"
    "  lui ra, 8\n"
    "  slli a6, a6, 4\n"
    "  add a6, a6, a7\n"
    "  jr a6\n"
    ".L\\name\\()_blocks:\n"
    "  lw a6, 64(sp)\n  lw a6, 0(a6)\n  jr a6\n" /* no taps: the sums are complete */
    "  .space 16 - (4 + 2 + 2)\n"
    "  .irp n, 1, 2, 3, 4, 5, 6, 7, 8\n  thimble_block_rv32 \\n, \\pairs\n  .endr\n"
    ".L\\name\\()_next:\n"
    "  lw a6, 68(sp)\n"
    "  addi a6, a6, -1\n"
    "  sw a6, 68(sp)\n"
    "  addi a1, a1, 1\n"
    "  bnez a6, 1b\n"
    "  lw ra, 0(sp)\n  lw s0, 4(sp)\n  lw s1, 8(sp)\n  lw s2, 12(sp)\n  lw s3, 16(sp)\n  lw s4, 20(sp)\n  lw s5, 24(sp)\n"
    "  lw s6, 28(sp)\n  lw s7, 32(sp)\n  lw s8, 36(sp)\n  lw s9, 40(sp)\n  lw s10, 44(sp)\n  lw s11, 48(sp)\n"
    "  addi sp, sp, 80\n"
    "  ret\n"
    "  .size \\name, . - \\name\n"
    "  .previous\n"
    ".endm\n"
    /* a0 out, a2 its end, t6 step; m, h, shift, negative of a: t0, t1, t4, a6, of b: t2, t3, t5, ra; up a7, low a3, high a4 */
    ".macro thimble_output_rv32 x, m, h, shift, negative, exact, at\n"
    "  sll \\x, \\x, a7\n"
    "  thimble_requantize_rv32 a5, \\x, \\m, \\h, \\shift, \\negative, \\exact, a3, a4\n"
    "  sb a5, \\at(a0)\n"
    ".endm\n"
    ".macro thimble_outputs_rv32 sa, ha, sb, hb, exact\n"
    "  slli a5, \\ha, 16\n  sub \\sa, \\sa, a5\n"
    "  slli a5, \\hb, 16\n  sub \\sb, \\sb, a5\n"
    "  thimble_output_rv32 \\sa, t0, t1, t4, a6, \\exact, 0\n"
    "  thimble_output_rv32 \\sb, t2, t3, t5, ra, \\exact, 1\n"
    "  add a0, a0, t6\n"
    "  beq a0, a2, 7f\n"
    "  thimble_output_rv32 \\ha, t0, t1, t4, a6, \\exact, 0\n"
    "  thimble_output_rv32 \\hb, t2, t3, t5, ra, \\exact, 1\n"
    ".endm\n"
    ".macro thimble_conv2d_finish_rv32 name, tile, pairs, exact\n"
    "  .section .text.\\name, \"ax\", @progbits\n"
    "  .balign 4\n  .type \\name, @function\n"
    "\\name:\n"
    "  lw a2, 56(sp)\n  lw a0, 60(sp)\n  lw a5, 64(sp)\n"
    "  lw t0, 16(a2)\n  lw t1, 20(a2)\n  lw t2, 24(a2)\n  lw t3, 28(a2)\n  lw t4, 32(a2)\n  lw t5, 36(a2)\n"
    "  .if \\exact\n  lw a6, 40(a2)\n  lw ra, 44(a2)\n  .endif\n"
    "  lw t6, 8(a5)\n  lw a7, 12(a5)\n  lw a3, 16(a5)\n  lw a4, 20(a5)\n"
    "  lw a2, 24(a5)\n  add a2, a2, a0\n"
    "  .if \\pairs == 3\n"
    "  thimble_outputs_rv32 s0, s6, s3, s9, \\exact\n  add a0, a0, t6\n  beq a0, a2, 7f\n"
    "  thimble_outputs_rv32 s1, s7, s4, s10, \\exact\n  add a0, a0, t6\n  beq a0, a2, 7f\n"
    "  thimble_outputs_rv32 s2, s8, s5, s11, \\exact\n"
    "  .elseif \\pairs == 2\n"
    "  thimble_outputs_rv32 s0, s6, s2, s8, \\exact\n  add a0, a0, t6\n  beq a0, a2, 7f\n"
    "  thimble_outputs_rv32 s1, s7, s3, s9, \\exact\n"
    "  .else\n"
    "  thimble_outputs_rv32 s0, s6, s1, s7, \\exact\n"
    "  .endif\n"
    "7:\n"
    "  lw a5, 60(sp)\n"
    "  lw a2, 56(sp)\n"
    "  addi a2, a2, 48\n"
    "  lw a0, 52(sp)\n"
    "  addi a5, a5, 2\n"
    "  sw a2, 56(sp)\n"
    "  sw a5, 60(sp)\n"
    "  lla a7, .L\\tile\\()_blocks\n"
    "  tail .L\\tile\\()_next\n"
    "  .size \\name, . - \\name\n"
    "  .previous\n"
    ".endm\n");

#define THIMBLE_CONV2D_TILE_RV32(name, pairs)                                               \
  void name(const uint32_t* taps, const uint8_t* blocks, const int32_t* table, int8_t* out, \
            const thimble_conv2d_tile_rv32* tile) __asm__(#name);                           \
  __asm__("thimble_conv2d_tile_rv32 " #name ", " #pairs "\n");
#define THIMBLE_CONV2D_FINISH_RV32(name, tile, pairs, exact) \
  void name(void) __asm__(#name);                            \
  __asm__("thimble_conv2d_finish_rv32 " #name ", " #tile ", " #pairs ", " #exact "\n");

typedef void (*thimble_conv2d_tile_function_rv32)(const uint32_t* taps, const uint8_t* blocks, const int32_t* table, int8_t* out,
                                                  const thimble_conv2d_tile_rv32* tile);

/* pixels: of a tile, in pairs. last_block: where the blocks of the last pair of channels begin when that overlaps the one before it. */
typedef struct {
  int32_t in_h, in_w, in_c, out_h, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int32_t in_zero, pixels, up, low, high, last_block;
} thimble_conv2d_s8_rv32_shape;

/* One row of the window of one output pixel as it lies in the input, or a copy with the padding. */
THIMBLE_INLINE const int8_t* thimble_window_row_rv32(const int8_t* in, int8_t* patch, int32_t iy, int32_t ix,
                                                     const thimble_conv2d_s8_rv32_shape* s) {
  const int8_t* const row = in + (iy * s->in_w + ix) * s->in_c;
  const int inside = iy >= 0 && iy < s->in_h;
  if (s->kernel_w == 1 ? inside && ix >= 0 && ix < s->in_w : inside && s->dilation_w == 1 && ix >= 0 && ix + s->kernel_w <= s->in_w)
    return row;
  for (int32_t kx = 0; kx < s->kernel_w; ++kx) {
    const int32_t x = ix + kx * s->dilation_w;
    if (inside && x >= 0 && x < s->in_w)
      memcpy(patch + kx * s->in_c, row + kx * s->dilation_w * s->in_c, (size_t)s->in_c);
    else
      memset(patch + kx * s->in_c, (int)s->in_zero, (size_t)s->in_c);
  }
  return patch;
}

/* Packs `count` values of two pixels into every `step`-th word. */
THIMBLE_INLINE void thimble_pack_row_rv32(uint32_t* to, const int8_t* a, const int8_t* b, int32_t count, int32_t step) {
  const int8_t* const end = a + count;
#if defined(__GNUC__) && !defined(__clang__) && !defined(THIMBLE_SMALL)
#pragma GCC unroll 4
#endif
  for (; a != end; ++a, ++b, to += step) *to = thimble_pair_rv32(*a, *b);
}

/* The taps of a pair of output pixels, the second of which may be the first. */
THIMBLE_INLINE void thimble_gather_pair_rv32(uint32_t* to, const int8_t* in, int8_t* patch, int32_t pixel, int32_t second,
                                             const thimble_conv2d_s8_rv32_shape* s) {
  const int32_t bytes = s->kernel_w * s->in_c, step = s->pixels / 2;
  const int32_t y0 = pixel / s->out_w * s->stride_h - s->pad_top, x0 = pixel % s->out_w * s->stride_w - s->pad_left;
  const int32_t y1 = second / s->out_w * s->stride_h - s->pad_top, x1 = second % s->out_w * s->stride_w - s->pad_left;
  for (int32_t ky = 0; ky < s->kernel_h; ++ky, to += step * bytes)
    thimble_pack_row_rv32(to, thimble_window_row_rv32(in, patch, y0 + ky * s->dilation_h, x0, s),
                          thimble_window_row_rv32(in, patch + bytes, y1 + ky * s->dilation_h, x1, s), bytes, step);
}

/* scratch: 2 * pixels bytes per tap, then two rows of the window. A pointwise convolution comes as one long row. */
THIMBLE_KERNEL void thimble_conv2d_s8_rv32(const int8_t* in, int8_t* out, const uint8_t* blocks, const int32_t* table, void* scratch,
                                           thimble_conv2d_tile_function_rv32 tile, void (*finish)(void),
                                           const thimble_conv2d_s8_rv32_shape* s) {
  const int32_t taps = s->kernel_h * s->kernel_w * s->in_c, count = s->out_h * s->out_w;
  int8_t* const patch = (int8_t*)scratch + 2 * s->pixels * taps;
  thimble_conv2d_tile_rv32 at = {(const void*)(uintptr_t)finish, 0, s->out_c, s->up, s->low, s->high, 0};
  for (int32_t first = 0; first < count; first += s->pixels) {
    const int32_t here = count - first < s->pixels ? count - first : s->pixels;
    for (int32_t i = 0; i < here; i += 2)
      thimble_gather_pair_rv32((uint32_t*)scratch + i / 2, in, patch, first + i, i + 1 < here ? first + i + 1 : first + i, s);
    at.pairs = s->out_c / 2;
    at.bytes = here * s->out_c;
    tile((const uint32_t*)scratch, blocks, table, out + first * s->out_c, &at);
    if (s->out_c % 2) {
      at.pairs = 1;
      tile((const uint32_t*)scratch, blocks + s->last_block, table + s->out_c / 2 * 12, out + (first + 1) * s->out_c - 2, &at);
    }
  }
}

#endif

/* int8 convolution for the ARM DSP extension, in tiles of up to four pixels times two output channels.
 *
 * A tile's taps are widened to 16 bits beforehand and laid out as the weights are: word (2 i) of a group of four taps holds taps 0 and 2,
 * word (2 i + 1) taps 1 and 3, for each pixel in turn. Whole words of each row of the window come first, then the bytes that are left of
 * all rows. */
#ifndef THIMBLE_CONV2D_DSP_H
#define THIMBLE_CONV2D_DSP_H

#include "kernels/conv2d_tile_dsp.h"

/* How pixels become tiles. tail: 1 where the last pixel has a tile of its own; 0: the last tile overlaps the one before. */
typedef struct {
  uint16_t pixels, tail, steps, pair_words;
  int32_t out_step; /* bytes from one output pixel to the next */
  thimble_conv2d_passes_dsp whole, last;
} thimble_conv2d_tiling_dsp;

/* All channels of a tile of pixels; the last pair of channels overlaps the one before it where they are odd. */
THIMBLE_INLINE void thimble_tile_dsp(const uint32_t* taps, const int32_t* stream, int8_t* out, int32_t channels, thimble_asm_dsp tile,
                                     thimble_asm_dsp engine, const thimble_conv2d_passes_dsp* passes, const thimble_conv2d_tiling_dsp* t) {
  const thimble_conv2d_tile_dsp run = (thimble_conv2d_tile_dsp)tile;
  const uintptr_t first = (uintptr_t)engine, start = (uintptr_t)taps - (uintptr_t)passes->before;
  const uintptr_t entry = first + (uintptr_t)passes->entry, end = start + (uintptr_t)passes->span;
  run((const uint32_t*)start, stream, out, channels / 2, entry, first, end, t->out_step);
  if (channels % 2)
    run((const uint32_t*)start, stream + channels / 2 * t->pair_words, out + channels - 2, 1, entry, first, end, t->out_step);
}

/* Widens `words` words of four pixels, `step` bytes apart, side by side. */
THIMBLE_KERNEL uint32_t* thimble_widen_four_dsp(uint32_t* to, const int8_t* from, int32_t words, int32_t step) {
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
THIMBLE_KERNEL uint32_t* thimble_widen_dsp(uint32_t* to, const int8_t* from, int32_t words, int32_t pixels) {
  const int8_t* const end = from + 4 * words;
  const int32_t step = 4 * pixels;
  if (words > 0)
    __asm volatile(
        "1:\n"
        "  ldr r4, [%[from]], #4\n"
        "  sxtb16 r5, r4\n  sxtb16 r4, r4, ror #8\n"
        "  str r5, [%[to]]\n  str r4, [%[to], %[step]]\n"
        "  add %[to], %[to], %[step], lsl #1\n"
        "  cmp %[from], %[end]\n"
        "  bne 1b\n"
        : [to] "+&r"(to), [from] "+&r"(from)
        : [step] "r"(step), [end] "r"(end)
        : "r4", "r5", "cc", "memory");
  return to;
}

/* The same for `words` words of one widened value. */
THIMBLE_INLINE uint32_t* thimble_pad_dsp(uint32_t* to, uint32_t value, int32_t words, int32_t pixels) {
  for (int32_t k = 0; k < words; ++k, to += 2 * pixels) to[0] = to[pixels] = value;
  return to;
}

/* A convolution with a window of one pixel, four channels at a time: all pixels are one row. */
typedef struct {
  int32_t count, in_c;
  thimble_conv2d_tiling_dsp tiling;
} thimble_conv2d_point_s8_dsp_shape;

/* scratch: 4 * pixels * steps bytes. */
THIMBLE_KERNEL void thimble_conv2d_point_s8_dsp(const int8_t* in, int8_t* out, const int32_t* stream, void* scratch, thimble_asm_dsp tile,
                                                thimble_asm_dsp engine, thimble_asm_dsp tail, thimble_asm_dsp tail_engine,
                                                const thimble_conv2d_point_s8_dsp_shape* s) {
  const thimble_conv2d_tiling_dsp* const t = &s->tiling;
  const int32_t whole = s->count - t->tail;
  for (int32_t done = 0; done < whole; done += t->pixels) {
    const int32_t first = done + t->pixels > whole ? whole - t->pixels : done;
    uint32_t* const taps = (uint32_t*)scratch;
    if (t->pixels == 4)
      thimble_widen_four_dsp(taps, in + first * s->in_c, s->in_c / 4, s->in_c);
    else
      for (int32_t j = 0; j < t->pixels; ++j) thimble_widen_dsp(taps + j, in + (first + j) * s->in_c, s->in_c / 4, t->pixels);
    thimble_tile_dsp(taps, stream, out + first * t->out_step, t->out_step, tile, engine, &t->whole, t);
  }
  if (t->tail == 1) {
    thimble_widen_dsp((uint32_t*)scratch, in + whole * s->in_c, s->in_c / 4, 1);
    thimble_tile_dsp((const uint32_t*)scratch, stream, out + whole * t->out_step, t->out_step, tail, tail_engine, &t->last, t);
  }
}

/* A convolution with any window. in_c, out_c: of one group; in_step: bytes of an input pixel. */
typedef struct {
  int32_t in_h, in_w, out_h, out_w;
  uint16_t batches, groups, in_c, in_step, out_c, kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int16_t in_zero;
  thimble_conv2d_tiling_dsp tiling;
} thimble_conv2d_s8_dsp_shape;

/* Rows of a window lie in one piece, but for padding. */
THIMBLE_INLINE int thimble_contiguous_dsp(const thimble_conv2d_s8_dsp_shape* s) {
  return s->kernel_w == 1 || (s->dilation_w == 1 && s->in_c == s->in_step);
}

/* Few bytes: the compiler must not make calls of these loops. */
THIMBLE_INLINE void thimble_copy_few(int8_t* to, const int8_t* from, int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    to[i] = from[i];
    __asm volatile("" ::: "memory");
  }
}
THIMBLE_INLINE void thimble_fill_few(int8_t* to, int32_t value, int32_t count) {
  for (int32_t i = 0; i < count; ++i) {
    to[i] = (int8_t)value;
    __asm volatile("" ::: "memory");
  }
}

/* One row of the window of one pixel, tap by tap, where some columns lie outside the input or apart; channels by the four. */
THIMBLE_INLINE uint32_t* thimble_widen_taps_dsp(uint32_t* to, const int8_t* row, int32_t ix, int32_t pixels, uint32_t zero,
                                                const thimble_conv2d_s8_dsp_shape* s) {
  for (int32_t kx = 0; kx < s->kernel_w; ++kx, ix += s->dilation_w)
    to = ix < 0 || ix >= s->in_w ? thimble_pad_dsp(to, zero, s->in_c / 4, pixels)
                                 : thimble_widen_dsp(to, row + ix * s->in_step, s->in_c / 4, pixels);
  return to;
}

/* The same for any channels, as bytes. */
THIMBLE_INLINE void thimble_copy_taps_dsp(int8_t* to, const int8_t* row, int32_t ix, const thimble_conv2d_s8_dsp_shape* s) {
  for (int32_t kx = 0; kx < s->kernel_w; ++kx, ix += s->dilation_w, to += s->in_c)
    if (ix < 0 || ix >= s->in_w)
      thimble_fill_few(to, s->in_zero, s->in_c);
    else
      thimble_copy_few(to, row + ix * s->in_step, s->in_c);
}

/* Overwrites what four pixels have read beside the row. */
THIMBLE_INLINE void thimble_pad_four_dsp(uint32_t* to, int32_t ix, uint32_t zero, const thimble_conv2d_s8_dsp_shape* s) {
  const int32_t words = s->in_c / 4;
  for (int32_t j = 0; j < 4; ++j, ix += s->stride_w) {
    for (int32_t kx = 0; ix + kx < 0 && kx < s->kernel_w; ++kx) thimble_pad_dsp(to + 8 * words * kx + j, zero, words, 4);
    for (int32_t kx = s->kernel_w - 1; ix + kx >= s->in_w && kx >= 0; --kx) thimble_pad_dsp(to + 8 * words * kx + j, zero, words, 4);
  }
}

/* What a window row leaves behind its whole words, for `count` pixels. Words are stored whole: what is too much is overwritten later. */
THIMBLE_INLINE void thimble_keep_rest_dsp(int8_t* to, const int8_t* row, int32_t bytes, int32_t step, int32_t count, int32_t pitch) {
  const int32_t rest = bytes % 4;
  for (int32_t j = 0; j < count; ++j, to += pitch, row += step) {
    if (bytes < 4) {
      thimble_copy_few(to, row, rest);
    } else {
      const uint32_t word = thimble_load_word(row + bytes - 4) >> (32 - 8 * rest);
      memcpy(to, &word, sizeof word);
    }
  }
}

/* The taps of `count` neighbouring output pixels, the first of whose windows begins at iy, ix, into every `pixels`-th word. More than one
 * lie in one row, with windows in one piece; with channels by the four they may reach into the padding at the sides. scratch has room
 * for a row of the window and, per pixel, for the bytes of each row that fill no word and one word more. */
THIMBLE_INLINE void thimble_gather_folded_dsp(uint32_t* to, const int8_t* in, int8_t* scratch, int32_t iy, int32_t ix, int32_t count,
                                              int32_t pixels, const thimble_conv2d_s8_dsp_shape* s) {
  const uint32_t zero = (uint32_t)(s->in_zero & 0xffff) * 0x10001u;
  const int32_t bytes = s->kernel_w * s->in_c, words = bytes / 4, rest = bytes % 4, step = s->stride_w * s->in_step;
  const int32_t rest_words = (s->kernel_h * rest + 3) / 4, pitch = 4 * (rest_words + 1), reach = (count - 1) * s->stride_w + s->kernel_w;
  const int inside = ix >= 0 && ix + reach <= s->in_w, whole = count > 1 || thimble_contiguous_dsp(s);
  int8_t *const patch = scratch + (rest ? count * pitch : 0), *rest_to = scratch;
  if (count == 4 && inside && rest == 0 && iy >= 0 && iy + (s->kernel_h - 1) * s->dilation_h < s->in_h) { /* nothing but whole words */
    const int8_t* from = in + (iy * s->in_w + ix) * s->in_step;
    for (int32_t ky = s->kernel_h; ky > 0; --ky, from += s->dilation_h * s->in_w * s->in_step)
      to = thimble_widen_four_dsp(to, from, words, step);
    return;
  }
  for (int32_t ky = 0; ky < s->kernel_h; ++ky, iy += s->dilation_h, rest_to += rest) {
    const int32_t at = iy * s->in_w + ix;
    const int8_t *const row = in + iy * s->in_w * s->in_step, *from = row + ix * s->in_step;
    if (iy < 0 || iy >= s->in_h) {
      for (int32_t j = 0; j < count; ++j) thimble_pad_dsp(to + j, zero, words, pixels);
      for (int32_t j = 0; j < count; ++j) thimble_fill_few(rest_to + j * pitch, s->in_zero, rest);
      to += 2 * words * pixels;
      continue;
    }
    if (whole && (inside || (count == 4 && at >= 0 && at + reach <= s->in_h * s->in_w))) {
      uint32_t* const begin = to;
      to = count == 4 && words > 0 ? thimble_widen_four_dsp(to, from, words, step) : thimble_widen_dsp(to, from, words, pixels);
      if (!inside) thimble_pad_four_dsp(begin, ix, zero, s);
    } else if (s->in_c % 4 == 0) {
      for (int32_t j = 0; j < count; ++j) thimble_widen_taps_dsp(to + j, row, ix + j * s->stride_w, pixels, zero, s);
      to += 2 * words * pixels;
    } else {
      thimble_copy_taps_dsp(patch, row, ix, s);
      from = patch;
      to = thimble_widen_dsp(to, patch, words, pixels);
    }
    if (rest) thimble_keep_rest_dsp(rest_to, from, bytes, step, count, pitch);
  }
  if (rest_words == 0) return;
  if (count == 4)
    thimble_widen_four_dsp(to, scratch, rest_words, pitch);
  else
    thimble_widen_dsp(to, scratch, rest_words, pixels);
}

THIMBLE_ONCE void thimble_gather_dsp(uint32_t* to, const int8_t* in, int8_t* scratch, int32_t iy, int32_t ix, int32_t count, int32_t pixels,
                                     const thimble_conv2d_s8_dsp_shape* s) {
  thimble_gather_folded_dsp(to, in, scratch, iy, ix, count, pixels, s);
}

/* The pixels of one map and group. A single channel is computed as a pair of equals, into scratch. */
THIMBLE_INLINE void thimble_conv2d_map_dsp(const int8_t* in, int8_t* out, const int32_t* stream, uint32_t* taps, thimble_asm_dsp tile,
                                           thimble_asm_dsp engine, thimble_asm_dsp tail, thimble_asm_dsp tail_engine,
                                           const thimble_conv2d_s8_dsp_shape* s, int folded) {
  const thimble_conv2d_tiling_dsp* const t = &s->tiling;
  int8_t* const patch = (int8_t*)(taps + t->pixels * t->steps);
  const int32_t count = s->out_h * s->out_w, whole = count - t->tail;
  const int contiguous = thimble_contiguous_dsp(s);
  int32_t oy = 0, ox = 0, pixels = t->pixels;
  for (int32_t done = 0; done < count; done += pixels) {
    const thimble_conv2d_passes_dsp* passes = &t->whole;
    int32_t first = done;
    if (done == whole) {
      tile = tail, engine = tail_engine, passes = &t->last, pixels = 1;
    } else if (done + pixels > whole) {
      first = whole - pixels, oy = first / s->out_w, ox = first % s->out_w;
    }
    for (int32_t j = 0; j < pixels;) {
      const int32_t iy = oy * s->stride_h - s->pad_top, ix = ox * s->stride_w - s->pad_left;
      const int four =
          pixels == 4 && j == 0 && contiguous && ox + 4 <= s->out_w && ix >= 0 && ix + 3 * s->stride_w + s->kernel_w <= s->in_w;
      const int32_t together = four ? 4 : 1;
      if (!folded)
        thimble_gather_dsp(taps + j, in, patch, iy, ix, together, pixels, s);
      else if (four)
        thimble_gather_folded_dsp(taps + j, in, patch, iy, ix, 4, 4, s);
      else
        thimble_gather_folded_dsp(taps + j, in, patch, iy, ix, 1, pixels, s);
      j += together, ox += together;
      if (ox == s->out_w) ox = 0, ++oy;
    }
    if (s->out_c > 1) {
      thimble_tile_dsp(taps, stream, out + first * t->out_step, s->out_c, tile, engine, passes, t);
    } else {
      thimble_tile_dsp(taps, stream, patch, 2, tile, engine, passes, t);
      for (int32_t j = 0; j < pixels; ++j) out[(first + j) * s->groups] = patch[t->out_step * j];
    }
  }
}

/* scratch: 4 * pixels * steps bytes of taps, then what gathering needs. Folded: a layer has this code to itself. */
THIMBLE_INLINE void thimble_conv2d_all_dsp(const int8_t* in, int8_t* out, const int32_t* stream, uint32_t* scratch, thimble_asm_dsp tile,
                                           thimble_asm_dsp engine, thimble_asm_dsp tail, thimble_asm_dsp tail_engine,
                                           const thimble_conv2d_s8_dsp_shape* s, int folded) {
  const int32_t group_words = (s->out_c + 1) / 2 * s->tiling.pair_words;
  for (int32_t batch = 0; batch < s->batches; ++batch) {
    for (int32_t g = 0; g < s->groups; ++g)
      thimble_conv2d_map_dsp(in + g * s->in_c, out + g * s->out_c, stream + g * group_words, scratch, tile, engine, tail, tail_engine, s,
                             folded);
    in += s->in_h * s->in_w * s->in_step;
    out += s->out_h * s->out_w * s->out_c * s->groups;
  }
}
THIMBLE_ONCE void thimble_conv2d_s8_dsp(const int8_t* in, int8_t* out, const int32_t* stream, void* scratch, thimble_asm_dsp tile,
                                        thimble_asm_dsp engine, thimble_asm_dsp tail, thimble_asm_dsp tail_engine,
                                        const thimble_conv2d_s8_dsp_shape* s) {
  thimble_conv2d_all_dsp(in, out, stream, (uint32_t*)scratch, tile, engine, tail, tail_engine, s, 0);
}
THIMBLE_KERNEL void thimble_conv2d_folded_s8_dsp(const int8_t* in, int8_t* out, const int32_t* stream, void* scratch, thimble_asm_dsp tile,
                                                 thimble_asm_dsp engine, thimble_asm_dsp tail, thimble_asm_dsp tail_engine,
                                                 const thimble_conv2d_s8_dsp_shape* s) {
  thimble_conv2d_all_dsp(in, out, stream, (uint32_t*)scratch, tile, engine, tail, tail_engine, s, 1);
}

#endif

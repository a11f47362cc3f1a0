/* int8 depthwise convolution for cores without SIMD, one channel's plane at a time.
 *
 * A channel is copied from NHWC to a plane in scratch, padding included; a loop then slides the window over it. A plane holds a strip of
 * lines: what the next strip needs again is moved up, not read again, so the output may be the input's own memory.
 *
 * "Fast" is the axis along which the window slides, "slow" the other one: rows or columns, whichever is longer is fast.
 *
 * The table of one filter: words that say where sums start and how they become outputs, then halfwords of weights, slow tap by slow tap,
 * filled up to words. Wide: bias, m, h, shift, what a negative sum adds; bias and weights raised as the multiplier wants. Narrow: the
 * start, then as thimble_narrow_s8 wants them. */
#ifndef THIMBLE_DWCONV2D_PLANE_H
#define THIMBLE_DWCONV2D_PLANE_H

#include "core/narrow.h"
#include "core/wide.h"

/* An LX106 loads bytes without sign, and of its flash only words: planes are kept 128 too large there, weights are copied to scratch. */
#if defined(__XTENSA__)
typedef uint8_t thimble_plane;
enum { THIMBLE_PLANE_EXCESS = 128 };
#else
typedef int8_t thimble_plane;
enum { THIMBLE_PLANE_EXCESS = 0 };
#endif
typedef int16_t __attribute__((may_alias)) thimble_tap;

/* What the loop over one plane needs, in bytes: between the lines of slow taps, between those of two output lines, of an output line,
 * between outputs along the fast axis, along the slow one. */
typedef struct {
  int32_t pitch, line, count, step_fast, step_slow;
  int32_t lines, low, high, fast; /* fast: outputs of a line */
  const thimble_tap* weights;
} thimble_dwconv2d_run;

typedef void (*thimble_dwconv2d_lines)(const thimble_plane* plane, const int32_t* table, int8_t* out, const thimble_dwconv2d_run* run);

/* Sizes along the fast and slow axes; in_fast_step ... are bytes from one pixel to the next. extent: lines from the first slow tap to the
 * last. `pitch` is a plane's line, `strip` the slow outputs made before the plane moves on; `words` stand before the weights of a filter,
 * which take `weights` words. */
typedef struct {
  int32_t in_fast, in_slow, out_fast, out_slow, channels, filters;
  int32_t in_fast_step, in_slow_step, out_fast_step, out_slow_step;
  int32_t stride, dilation, extent, pad_fast, pad_slow, in_zero, pitch, strip, low, high;
  int32_t words, weights;
} thimble_dwconv2d_s8_plane_shape;

/* Every `step`-th byte. */
THIMBLE_INLINE void thimble_pick_channel(thimble_plane* to, const int8_t* from, int32_t count, int32_t step) {
  thimble_plane* const end = to + count;
#if defined(__GNUC__) && !defined(__clang__) && !defined(THIMBLE_SMALL)
#pragma GCC unroll 4
#endif
  for (; to != end; ++to, from += step) *to = (thimble_plane)(*from ^ THIMBLE_PLANE_EXCESS);
}

/* Weights that halfword loads can read. */
THIMBLE_INLINE const thimble_tap* thimble_weights_at(const int32_t* table, int32_t words, void* copy) {
#if defined(__XTENSA__)
  for (int32_t i = 0; i < words; ++i) ((int32_t*)copy)[i] = thimble_const_s32(table, i);
  return (const thimble_tap*)copy;
#else
  (void)words, (void)copy;
  return (const thimble_tap*)table;
#endif
}

/* Brings the plane of channel `in` from padded input line `have` up to, not including, `end`; its first line is `base`. */
THIMBLE_INLINE void thimble_fill_plane(thimble_plane* plane, const int8_t* in, int32_t have, int32_t end, int32_t base,
                                       const thimble_dwconv2d_s8_plane_shape* s) {
  for (; have < end; ++have) {
    thimble_plane* const line = plane + (have - base) * s->pitch;
    const int32_t i = have - s->pad_slow;
    if (i >= 0 && i < s->in_slow)
      thimble_pick_channel(line + s->pad_fast, in + i * s->in_slow_step, s->in_fast, s->in_fast_step);
    else if (s->strip < s->out_slow)
      memset(line, (int)s->in_zero ^ THIMBLE_PLANE_EXCESS, (size_t)s->pitch);
  }
}

/* scratch: weights where they are copied, then the plane. filters: of each channel. */
THIMBLE_KERNEL void thimble_dwconv2d_s8_plane(const int8_t* in, int8_t* out, const int32_t* table, void* scratch,
                                              thimble_dwconv2d_lines channel, const thimble_dwconv2d_s8_plane_shape* s) {
  thimble_plane* const plane = (thimble_plane*)scratch + (THIMBLE_PLANE_EXCESS ? 4 * s->weights : 0);
  const int32_t lines = (s->strip - 1) * s->stride + s->extent, keep = s->extent > s->stride ? s->extent - s->stride : 0;
  thimble_dwconv2d_run run = {s->pitch * s->dilation,
                              s->pitch * s->stride,
                              s->out_fast * s->out_fast_step,
                              s->out_fast_step,
                              s->out_slow_step,
                              0,
                              s->low,
                              s->high,
                              s->out_fast,
                              NULL};
  memset(plane, (int)s->in_zero ^ THIMBLE_PLANE_EXCESS, (size_t)(lines * s->pitch));
  for (int32_t c = 0; c < s->channels; ++c, table += s->filters * (s->words + s->weights)) {
    int32_t have = 0; /* lines of the padded input that have been copied */
    for (int32_t done = 0; done < s->out_slow; done += s->strip) {
      const int32_t base = done * s->stride;
      run.lines = s->out_slow - done < s->strip ? s->out_slow - done : s->strip;
      if (done > 0 && keep > 0) memmove(plane, plane + (lines - keep) * s->pitch, (size_t)(keep * s->pitch));
      thimble_fill_plane(plane, in + c, have < base ? base : have, base + (run.lines - 1) * s->stride + s->extent, base, s);
      have = base + (run.lines - 1) * s->stride + s->extent;
      for (int32_t f = 0; f < s->filters; ++f) {
        const int32_t* const at = table + f * (s->words + s->weights);
        run.weights = thimble_weights_at(at + s->words, s->weights, scratch);
        channel(plane, at, out + done * s->out_slow_step + c * s->filters + f, &run);
      }
    }
  }
}

/* The window's size and steps, all literals, and how many outputs are made side by side: four at the utmost. */
typedef struct {
  int slow, fast, stride, dilation, block;
} thimble_dwconv2d_window;

typedef struct {
  int32_t a, b, c, d;
} thimble_four;

THIMBLE_INLINE thimble_four thimble_slide(const thimble_plane* p, int32_t start, const thimble_dwconv2d_run* run,
                                          thimble_dwconv2d_window at) {
  thimble_four sums = {start, start, start, start};
  const thimble_tap* w = run->weights;
  for (int slow = 0; slow < at.slow; ++slow, p += run->pitch) {
    const thimble_plane* x = p;
#if defined(__GNUC__) && !defined(__clang__) && !defined(THIMBLE_SMALL)
#pragma GCC unroll 8
#endif
    for (int fast = 0; fast < at.fast; ++fast, x += at.dilation, ++w) {
      sums.a += *w * x[0];
      if (at.block > 1) sums.b += *w * x[at.stride];
      if (at.block > 2) sums.c += *w * x[2 * at.stride];
      if (at.block > 3) sums.d += *w * x[3 * at.stride];
    }
  }
  return sums;
}

/* Calls `finish`, an expression of `sum`, for each of the outputs of every line; the last block is moved back over the one before it. */
#define THIMBLE_SLIDE_ALL(finish)                                                                                 \
  do {                                                                                                            \
    const int32_t fast = run->fast;                                                                               \
    for (int32_t line = 0; line < run->lines; ++line, plane += run->line, out += run->step_slow)                  \
      for (int32_t done = 0; done < fast; done += at.block) {                                                     \
        const int32_t first = fast - done < at.block ? fast - at.block : done;                                    \
        const thimble_four sums = thimble_slide(plane + first * at.stride, thimble_const_s32(table, 0), run, at); \
        int8_t* to = out + first * run->step_fast;                                                                \
        int32_t sum = sums.a;                                                                                     \
        *to = finish;                                                                                             \
        if (at.block > 1) sum = sums.b, to += run->step_fast, *to = finish;                                       \
        if (at.block > 2) sum = sums.c, to += run->step_fast, *to = finish;                                       \
        if (at.block > 3) sum = sums.d, to += run->step_fast, *to = finish;                                       \
      }                                                                                                           \
  } while (0)

THIMBLE_INLINE void thimble_lines_wide(const thimble_plane* plane, const int32_t* table, int8_t* out, const thimble_dwconv2d_run* run,
                                       thimble_dwconv2d_window at) {
  const int32_t m = thimble_const_s32(table, 1), h = thimble_const_s32(table, 2), shift = thimble_const_s32(table, 3),
                negative = thimble_const_s32(table, 4), low = run->low, high = run->high;
  THIMBLE_SLIDE_ALL(thimble_wide_s8(sum, m, h, shift, negative, low, high));
}

THIMBLE_INLINE void thimble_lines_narrow(const thimble_plane* plane, const int32_t* table, int8_t* out, const thimble_dwconv2d_run* run,
                                         thimble_dwconv2d_window at, int pieces, int signs) {
  THIMBLE_SLIDE_ALL(thimble_narrow_s8((uint32_t)sum, table + 1, pieces, signs));
}

#define THIMBLE_DWCONV2D_LINES(name, lines)                                                                 \
  static __attribute__((noinline)) void name(const thimble_plane* plane, const int32_t* table, int8_t* out, \
                                             const thimble_dwconv2d_run* run) {                             \
    lines;                                                                                                  \
  }
/* The loop for one window. */
#define THIMBLE_DWCONV2D_WIDE(name, slow, fast, stride, dilation, block)                      \
  static const thimble_dwconv2d_window name##_window = {slow, fast, stride, dilation, block}; \
  THIMBLE_DWCONV2D_LINES(name, thimble_lines_wide(plane, table, out, run, name##_window))
#define THIMBLE_DWCONV2D_NARROW(name, slow, fast, stride, dilation, block, pieces, signs)     \
  static const thimble_dwconv2d_window name##_window = {slow, fast, stride, dilation, block}; \
  THIMBLE_DWCONV2D_LINES(name, thimble_lines_narrow(plane, table, out, run, name##_window, pieces, signs))

#endif

/* What the vector kernels share. Every instruction set has a core/simd_<name>.h, pasted before this file, that defines for int8:
 *
 *   THIMBLE_LANES   32-bit sums in a vector (thimble_lanes): output channels side by side
 *   THIMBLE_GROUP   taps that one multiplication sums; thimble_tap is a tap as the multiplication wants it
 *   thimble_dot     adds to each lane the products of a group of taps with that lane's weights (load_weights: [lane][tap] int8)
 *   thimble_high_product   the high words of the 64-bit products, the first factor shifted up (by one at least)
 *   thimble_store_lanes    clamped to [low, high], as THIMBLE_LANES bytes
 *   thimble_widen_chunk, thimble_widen_some, thimble_fill_chunk   int8 to taps: THIMBLE_CHUNK of them, or fewer (then as many are
 *                   written); a constant
 *
 * for channels that do not mix (depthwise):
 *
 *   THIMBLE_CHANNELS   channels of a vector; thimble_sample and thimble_factor are an input and a weight as the multiplication wants them
 *   thimble_products   16-bit products of the two, of which the sum of two is exact (thimble_multiply loads and multiplies, and
 *                      thimble_multiply_more adds to such)
 *   thimble_wide       32-bit sums of the channels, as THIMBLE_PARTS vectors of lanes
 *   thimble_sample_chunk, thimble_sample_some, thimble_fill_samples   int8 to samples, THIMBLE_SAMPLE_CHUNK at once
 *
 * and the plain arithmetic of lanes: of int8 as lanes (thimble_load_bytes), of quotients (thimble_quotient: towards zero, exact while both
 * numbers are below 2^24 and the quotient fits a byte).
 *
 * For floats: thimble_reals are THIMBLE_LANES of them. thimble_multiply_add may round once; thimble_greater_reals(a, b) is a where a > b
 * and else b, also where one is no number, and thimble_less_reals alike. */
#ifndef THIMBLE_CORE_SIMD_H
#define THIMBLE_CORE_SIMD_H

#include "core/base.h"

/* Loops whose counts are literals, unrolled also where the compiler is told to be modest. */
#if defined(__clang__)
#define THIMBLE_UNROLLED _Pragma("unroll")
#else
#define THIMBLE_UNROLLED _Pragma("GCC unroll 64")
#endif

/* For tiles of at most 8 pixels times 4 vectors: every index is a literal, so that the compiler keeps the sums in registers. */
#define THIMBLE_EACH_PIXEL(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)
#define THIMBLE_EACH_VECTOR(DO, p) DO(p, 0) DO(p, 1) DO(p, 2) DO(p, 3)

THIMBLE_INLINE thimble_reals thimble_clamp_reals(thimble_reals x, float low, float high) {
  return thimble_less_reals(thimble_splat_real(high), thimble_greater_reals(thimble_splat_real(low), x));
}
/* The first `count` lanes (a literal). */
THIMBLE_INLINE void thimble_store_clamped(float* to, thimble_reals x, int32_t count, float low, float high) {
  const thimble_reals clamped = thimble_clamp_reals(x, low, high);
  if (count == THIMBLE_LANES)
    thimble_store_reals(to, clamped);
  else
    thimble_store_some_reals(to, clamped, count);
}

/* `n` taps; whole chunks are written. */
THIMBLE_INLINE void thimble_widen_taps(thimble_tap* to, const int8_t* from, int32_t n) {
  int32_t i = 0;
  for (; i + THIMBLE_CHUNK <= n; i += THIMBLE_CHUNK) thimble_widen_chunk(to + i, from + i);
  if (i < n) thimble_widen_some(to + i, from + i, n - i);
}
THIMBLE_INLINE void thimble_fill_taps(thimble_tap* to, int32_t value, int32_t n) {
  for (int32_t i = 0; i < n; i += THIMBLE_CHUNK) thimble_fill_chunk(to + i, value);
}

/* How sums become int8: see kernels/int8_scaling.h of the compiler. A vector's words: mantissas, addends and, where ties can be seen or
 * each lane has its own shift (shift = -1), third words. */
typedef struct {
  int32_t up, shift, exact, low, high;
} thimble_scaling;

THIMBLE_INLINE int32_t thimble_scaling_words(const thimble_scaling* s) { return s->exact || s->shift < 0 ? 3 : 2; }

THIMBLE_INLINE thimble_lanes thimble_scale_lanes(thimble_lanes sum, const int32_t* words, const thimble_scaling* s) {
  thimble_lanes high =
      thimble_add_lanes(thimble_high_product(sum, s->up, thimble_load_lanes(words)), thimble_load_lanes(words + THIMBLE_LANES));
  if (s->exact && s->shift >= 0)
    high = thimble_add_lanes(high, thimble_and_lanes(thimble_shift_right(sum, 31), thimble_load_lanes(words + 2 * THIMBLE_LANES)));
  if (s->exact && s->shift < 0) high = thimble_add_lanes(high, thimble_shift_left(thimble_shift_right(sum, 31), s->up - 1));
  if (s->shift >= 0) return thimble_shift_right(high, s->shift);
  return thimble_shift_right_each(high, thimble_load_lanes(words + 2 * THIMBLE_LANES));
}

/* The first `count` lanes (a literal) as bytes. */
THIMBLE_INLINE void thimble_store_scaled(int8_t* to, thimble_lanes x, int32_t count, const thimble_scaling* s) {
  int8_t bytes[THIMBLE_LANES];
  if (count == THIMBLE_LANES) {
    thimble_store_lanes(to, x, s->low, s->high);
    return;
  }
  thimble_store_lanes(bytes, x, s->low, s->high);
  memcpy(to, bytes, (size_t)count);
}

/* The first `count` channels (a literal) as bytes. `words`: of each part in turn, its biases first. */
THIMBLE_INLINE void thimble_finish_wide(int8_t* to, thimble_wide sum, const int32_t* words, int32_t count, const thimble_scaling* s) {
  const int32_t step = (1 + thimble_scaling_words(s)) * THIMBLE_LANES;
  int8_t bytes[THIMBLE_CHANNELS];
  THIMBLE_UNROLLED
  for (int part = 0; part < THIMBLE_PARTS; ++part)
    sum.part[part] = thimble_scale_lanes(sum.part[part], words + part * step + THIMBLE_LANES, s);
  if (count == THIMBLE_CHANNELS) {
    thimble_store_wide(to, sum, s->low, s->high);
    return;
  }
  thimble_store_wide(bytes, sum, s->low, s->high);
  memcpy(to, bytes, (size_t)count);
}

#endif

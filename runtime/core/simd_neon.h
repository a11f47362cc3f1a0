/* The primitives of core/simd.h in NEON: taps stay bytes, and two products whose sum is exact in 16 bits (so that two weights of -128 may
 * not meet there) go to their lane with two others at once. */
#ifndef THIMBLE_CORE_SIMD_NEON_H
#define THIMBLE_CORE_SIMD_NEON_H

#include "core/quads_neon.h"
#include "core/simd_quads.h"

#define THIMBLE_GROUP 4

/* Per lane the first two taps of a group, then per lane the other two. */
typedef struct {
  int8x16_t low, high;
} thimble_weights;
typedef struct {
  int8x16_t first, second;
} thimble_group;
typedef int8_t thimble_tap;

THIMBLE_INLINE thimble_lanes thimble_load_bytes(const int8_t* p) {
  const int16x8_t wide = vmovl_s8(vld1_s8(p));
  return thimble_two_quads(vmovl_s16(vget_low_s16(wide)), vmovl_high_s16(wide));
}
THIMBLE_INLINE int8x16_t thimble_clamp_bytes(int8x16_t x, int32_t low, int32_t high) {
  if (low > -128) x = vmaxq_s8(x, vdupq_n_s8((int8_t)low));
  if (high < 127) x = vminq_s8(x, vdupq_n_s8((int8_t)high));
  return x;
}
THIMBLE_INLINE int16x8_t thimble_narrow_lanes(thimble_lanes x) { return vqmovn_high_s32(vqmovn_s32(x.low), x.high); }
THIMBLE_INLINE void thimble_store_lanes(int8_t* to, thimble_lanes x, int32_t low, int32_t high) {
  const int8x8_t bytes = vqmovn_s16(thimble_narrow_lanes(x));
  vst1_s8(to, vget_low_s8(thimble_clamp_bytes(vcombine_s8(bytes, bytes), low, high)));
}

THIMBLE_INLINE thimble_weights thimble_load_weights(const int8_t* p) {
  thimble_weights w;
  w.low = vld1q_s8(p);
  w.high = vld1q_s8(p + 16);
  return w;
}
THIMBLE_INLINE int8x16_t thimble_load_pair(const int8_t* p) {
  int16_t pair;
  memcpy(&pair, p, sizeof pair);
  return vreinterpretq_s8_s16(vdupq_n_s16(pair));
}
THIMBLE_INLINE thimble_group thimble_load_group(const thimble_tap* p) {
  thimble_group x;
  x.first = thimble_load_pair(p);
  x.second = thimble_load_pair(p + 2);
  return x;
}
THIMBLE_INLINE thimble_quad thimble_dot_quad(thimble_quad sum, int8x16_t w, thimble_group x) {
  return vpadalq_s16(sum, vmlal_high_s8(vmull_s8(vget_low_s8(w), vget_low_s8(x.first)), w, x.second));
}
THIMBLE_INLINE thimble_lanes thimble_dot(thimble_lanes sum, thimble_weights w, thimble_group x) {
  return thimble_two_quads(thimble_dot_quad(sum.low, w.low, x), thimble_dot_quad(sum.high, w.high, x));
}

#define THIMBLE_CHUNK 16
THIMBLE_INLINE void thimble_widen_chunk(thimble_tap* to, const int8_t* from) { vst1q_s8(to, vld1q_s8(from)); }
THIMBLE_INLINE void thimble_widen_some(thimble_tap* to, const int8_t* from, int32_t n) { memcpy(to, from, (size_t)n); }
THIMBLE_INLINE void thimble_fill_chunk(thimble_tap* to, int32_t value) { vst1q_s8(to, vdupq_n_s8((int8_t)value)); }

#define THIMBLE_CHANNELS 16
#define THIMBLE_PARTS 2
typedef int8_t thimble_sample;
typedef int8_t thimble_factor;
typedef struct {
  int16x8_t low, high;
} thimble_products;
typedef struct {
  thimble_lanes part[THIMBLE_PARTS];
} thimble_wide;

THIMBLE_INLINE thimble_products thimble_multiply(const thimble_sample* x, const thimble_factor* w) {
  const int8x16_t a = vld1q_s8(x), b = vld1q_s8(w);
  thimble_products all;
  all.low = vmull_s8(vget_low_s8(a), vget_low_s8(b));
  all.high = vmull_high_s8(a, b);
  return all;
}
THIMBLE_INLINE thimble_products thimble_multiply_more(thimble_products sum, const thimble_sample* x, const thimble_factor* w) {
  const int8x16_t a = vld1q_s8(x), b = vld1q_s8(w);
  sum.low = vmlal_s8(sum.low, vget_low_s8(a), vget_low_s8(b));
  sum.high = vmlal_high_s8(sum.high, a, b);
  return sum;
}
THIMBLE_INLINE thimble_lanes thimble_add_eight(thimble_lanes sum, int16x8_t a) {
  return thimble_two_quads(vaddw_s16(sum.low, vget_low_s16(a)), vaddw_high_s16(sum.high, a));
}
THIMBLE_INLINE thimble_wide thimble_add_wide(thimble_wide sum, thimble_products a) {
  sum.part[0] = thimble_add_eight(sum.part[0], a.low);
  sum.part[1] = thimble_add_eight(sum.part[1], a.high);
  return sum;
}
THIMBLE_INLINE thimble_wide thimble_add_wide2(thimble_wide sum, thimble_products a, thimble_products b) {
  return thimble_add_wide(thimble_add_wide(sum, a), b);
}
THIMBLE_INLINE void thimble_store_wide(int8_t* to, thimble_wide x, int32_t low, int32_t high) {
  const int8x8_t bytes = vqmovn_s16(thimble_narrow_lanes(x.part[0]));
  vst1q_s8(to, thimble_clamp_bytes(vqmovn_high_s16(bytes, thimble_narrow_lanes(x.part[1])), low, high));
}

#define THIMBLE_SAMPLE_CHUNK THIMBLE_CHUNK
THIMBLE_INLINE void thimble_sample_chunk(thimble_sample* to, const int8_t* from) { thimble_widen_chunk(to, from); }
THIMBLE_INLINE void thimble_sample_some(thimble_sample* to, const int8_t* from, int32_t n) { thimble_widen_some(to, from, n); }
THIMBLE_INLINE void thimble_fill_samples(thimble_sample* to, int32_t value) { thimble_fill_chunk(to, value); }

#endif

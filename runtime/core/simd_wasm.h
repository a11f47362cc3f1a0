/* The primitives of core/simd.h in WebAssembly's SIMD-128: taps become 16 bits, pairs of them one multiplication. */
#ifndef THIMBLE_CORE_SIMD_WASM_H
#define THIMBLE_CORE_SIMD_WASM_H

#include "core/quads_wasm.h"
#include "core/simd_quads.h"

#define THIMBLE_GROUP 2

typedef struct {
  v128_t low, high;
} thimble_weights;
typedef v128_t thimble_group;
typedef int16_t thimble_tap;

THIMBLE_INLINE thimble_lanes thimble_load_bytes(const int8_t* p) {
  const v128_t wide = wasm_i16x8_load8x8(p);
  return thimble_two_quads(wasm_i32x4_extend_low_i16x8(wide), wasm_i32x4_extend_high_i16x8(wide));
}
THIMBLE_INLINE v128_t thimble_clamp_bytes(v128_t x, int32_t low, int32_t high) {
  if (low > -128) x = wasm_i8x16_max(x, wasm_i8x16_splat((int8_t)low));
  if (high < 127) x = wasm_i8x16_min(x, wasm_i8x16_splat((int8_t)high));
  return x;
}
THIMBLE_INLINE v128_t thimble_narrow_lanes(thimble_lanes x) { return wasm_i16x8_narrow_i32x4(x.low, x.high); }
THIMBLE_INLINE void thimble_store_lanes(int8_t* to, thimble_lanes x, int32_t low, int32_t high) {
  const v128_t halves = thimble_narrow_lanes(x);
  wasm_v128_store64_lane(to, thimble_clamp_bytes(wasm_i8x16_narrow_i16x8(halves, halves), low, high), 0);
}

THIMBLE_INLINE thimble_weights thimble_load_weights(const int8_t* p) {
  thimble_weights w;
  w.low = wasm_i16x8_load8x8(p);
  w.high = wasm_i16x8_load8x8(p + 8);
  return w;
}
THIMBLE_INLINE thimble_group thimble_load_group(const thimble_tap* p) { return wasm_v128_load32_splat(p); }
THIMBLE_INLINE thimble_lanes thimble_dot(thimble_lanes sum, thimble_weights w, thimble_group x) {
  return thimble_two_quads(wasm_i32x4_add(sum.low, wasm_i32x4_dot_i16x8(w.low, x)),
                           wasm_i32x4_add(sum.high, wasm_i32x4_dot_i16x8(w.high, x)));
}

#define THIMBLE_CHUNK 16
THIMBLE_INLINE void thimble_widen_chunk(thimble_tap* to, const int8_t* from) {
  wasm_v128_store(to, wasm_i16x8_load8x8(from));
  wasm_v128_store(to + 8, wasm_i16x8_load8x8(from + 8));
}
THIMBLE_INLINE void thimble_widen_some(thimble_tap* to, const int8_t* from, int32_t n) {
  for (int32_t i = 0; i < n; ++i) to[i] = from[i];
}
THIMBLE_INLINE void thimble_fill_chunk(thimble_tap* to, int32_t value) {
  wasm_v128_store(to, wasm_i16x8_splat((int16_t)value));
  wasm_v128_store(to + 8, wasm_i16x8_splat((int16_t)value));
}

#define THIMBLE_CHANNELS 16
#define THIMBLE_PARTS 2
typedef int16_t thimble_sample;
typedef int16_t thimble_factor;
typedef struct {
  v128_t low, high;
} thimble_products;
typedef struct {
  thimble_lanes part[THIMBLE_PARTS];
} thimble_wide;

THIMBLE_INLINE thimble_products thimble_multiply(const thimble_sample* x, const thimble_factor* w) {
  thimble_products all;
  all.low = wasm_i16x8_mul(wasm_v128_load(x), wasm_v128_load(w));
  all.high = wasm_i16x8_mul(wasm_v128_load(x + 8), wasm_v128_load(w + 8));
  return all;
}
THIMBLE_INLINE thimble_products thimble_multiply_more(thimble_products sum, const thimble_sample* x, const thimble_factor* w) {
  const thimble_products more = thimble_multiply(x, w);
  sum.low = wasm_i16x8_add(sum.low, more.low);
  sum.high = wasm_i16x8_add(sum.high, more.high);
  return sum;
}
/* Pairs of products, one from a and one from b, are a multiplication by ones. */
THIMBLE_INLINE thimble_lanes thimble_add_eight_twice(thimble_lanes sum, v128_t a, v128_t b) {
  const v128_t ones = wasm_i16x8_splat(1);
  const v128_t low = wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11), high = wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
  return thimble_two_quads(wasm_i32x4_add(sum.low, wasm_i32x4_dot_i16x8(low, ones)),
                           wasm_i32x4_add(sum.high, wasm_i32x4_dot_i16x8(high, ones)));
}
THIMBLE_INLINE thimble_wide thimble_add_wide2(thimble_wide sum, thimble_products a, thimble_products b) {
  sum.part[0] = thimble_add_eight_twice(sum.part[0], a.low, b.low);
  sum.part[1] = thimble_add_eight_twice(sum.part[1], a.high, b.high);
  return sum;
}
THIMBLE_INLINE thimble_lanes thimble_add_eight(thimble_lanes sum, v128_t a) {
  return thimble_two_quads(wasm_i32x4_add(sum.low, wasm_i32x4_extend_low_i16x8(a)),
                           wasm_i32x4_add(sum.high, wasm_i32x4_extend_high_i16x8(a)));
}
THIMBLE_INLINE thimble_wide thimble_add_wide(thimble_wide sum, thimble_products a) {
  sum.part[0] = thimble_add_eight(sum.part[0], a.low);
  sum.part[1] = thimble_add_eight(sum.part[1], a.high);
  return sum;
}
THIMBLE_INLINE void thimble_store_wide(int8_t* to, thimble_wide x, int32_t low, int32_t high) {
  const v128_t bytes = wasm_i8x16_narrow_i16x8(thimble_narrow_lanes(x.part[0]), thimble_narrow_lanes(x.part[1]));
  wasm_v128_store(to, thimble_clamp_bytes(bytes, low, high));
}

#define THIMBLE_SAMPLE_CHUNK THIMBLE_CHUNK
THIMBLE_INLINE void thimble_sample_chunk(thimble_sample* to, const int8_t* from) { thimble_widen_chunk(to, from); }
THIMBLE_INLINE void thimble_sample_some(thimble_sample* to, const int8_t* from, int32_t n) { thimble_widen_some(to, from, n); }
THIMBLE_INLINE void thimble_fill_samples(thimble_sample* to, int32_t value) { thimble_fill_chunk(to, value); }

#endif

/* Four lanes in a vector of WebAssembly: what core/simd_quads.h stands on. */
#ifndef THIMBLE_CORE_QUADS_WASM_H
#define THIMBLE_CORE_QUADS_WASM_H

#include "core/base.h"

#ifndef __wasm_simd128__
#error "this model was compiled for WebAssembly with SIMD-128: add -msimd128"
#endif
#include <wasm_simd128.h>

typedef v128_t thimble_quad;
typedef v128_t thimble_real_quad;

THIMBLE_INLINE thimble_quad thimble_load_quad(const int32_t* p) { return wasm_v128_load(p); }
THIMBLE_INLINE thimble_quad thimble_splat_quad(int32_t x) { return wasm_i32x4_splat(x); }
THIMBLE_INLINE thimble_quad thimble_add_quads(thimble_quad a, thimble_quad b) { return wasm_i32x4_add(a, b); }
THIMBLE_INLINE thimble_quad thimble_and_quads(thimble_quad a, thimble_quad b) { return wasm_v128_and(a, b); }
THIMBLE_INLINE thimble_quad thimble_max_quads(thimble_quad a, thimble_quad b) { return wasm_i32x4_max(a, b); }
THIMBLE_INLINE thimble_quad thimble_shift_quad_left(thimble_quad a, int32_t n) { return wasm_i32x4_shl(a, (uint32_t)n); }
THIMBLE_INLINE thimble_quad thimble_shift_quad_right(thimble_quad a, int32_t n) { return wasm_i32x4_shr(a, (uint32_t)n); }
THIMBLE_INLINE thimble_quad thimble_shift_quad_right_each(thimble_quad a, thimble_quad n) {
  return wasm_i32x4_make(
      wasm_i32x4_extract_lane(a, 0) >> wasm_i32x4_extract_lane(n, 0), wasm_i32x4_extract_lane(a, 1) >> wasm_i32x4_extract_lane(n, 1),
      wasm_i32x4_extract_lane(a, 2) >> wasm_i32x4_extract_lane(n, 2), wasm_i32x4_extract_lane(a, 3) >> wasm_i32x4_extract_lane(n, 3));
}
THIMBLE_INLINE thimble_quad thimble_quotient_of_quad(thimble_quad a, int32_t b) {
  return wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_div(wasm_f32x4_convert_i32x4(a), wasm_f32x4_splat((float)b)));
}
THIMBLE_INLINE thimble_quad thimble_high_product_of_quads(thimble_quad a, int32_t up, thimble_quad b) {
  const thimble_quad raised = thimble_shift_quad_left(a, up);
  return wasm_i32x4_shuffle(wasm_i64x2_extmul_low_i32x4(raised, b), wasm_i64x2_extmul_high_i32x4(raised, b), 1, 3, 5, 7);
}

THIMBLE_INLINE thimble_real_quad thimble_load_real_quad(const float* p) { return wasm_v128_load(p); }
THIMBLE_INLINE thimble_real_quad thimble_splat_real_quad(float x) { return wasm_f32x4_splat(x); }
THIMBLE_INLINE thimble_real_quad thimble_add_real_quads(thimble_real_quad a, thimble_real_quad b) { return wasm_f32x4_add(a, b); }
THIMBLE_INLINE thimble_real_quad thimble_multiply_real_quads(thimble_real_quad a, thimble_real_quad b) { return wasm_f32x4_mul(a, b); }
THIMBLE_INLINE thimble_real_quad thimble_divide_real_quads(thimble_real_quad a, thimble_real_quad b) { return wasm_f32x4_div(a, b); }
THIMBLE_INLINE thimble_real_quad thimble_greater_real_quads(thimble_real_quad a, thimble_real_quad b) { return wasm_f32x4_pmax(b, a); }
THIMBLE_INLINE thimble_real_quad thimble_less_real_quads(thimble_real_quad a, thimble_real_quad b) { return wasm_f32x4_pmin(b, a); }
THIMBLE_INLINE void thimble_store_real_quad(float* to, thimble_real_quad x) { wasm_v128_store(to, x); }

#endif

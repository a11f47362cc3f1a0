/* Four lanes in a vector of the NEON that every AArch64 core has: what core/simd_quads.h stands on. */
#ifndef THIMBLE_CORE_QUADS_NEON_H
#define THIMBLE_CORE_QUADS_NEON_H

#include "core/base.h"

#if !defined(__aarch64__) || !defined(__ARM_NEON)
#error "this model was compiled for AArch64 with NEON: compile it anew for the board that it runs on"
#endif
#include <arm_neon.h>

typedef int32x4_t thimble_quad;
typedef float32x4_t thimble_real_quad;

THIMBLE_INLINE thimble_quad thimble_load_quad(const int32_t* p) { return vld1q_s32(p); }
THIMBLE_INLINE thimble_quad thimble_splat_quad(int32_t x) { return vdupq_n_s32(x); }
THIMBLE_INLINE thimble_quad thimble_add_quads(thimble_quad a, thimble_quad b) { return vaddq_s32(a, b); }
THIMBLE_INLINE thimble_quad thimble_and_quads(thimble_quad a, thimble_quad b) { return vandq_s32(a, b); }
THIMBLE_INLINE thimble_quad thimble_max_quads(thimble_quad a, thimble_quad b) { return vmaxq_s32(a, b); }
THIMBLE_INLINE thimble_quad thimble_shift_quad_left(thimble_quad a, int32_t n) { return a << n; }
THIMBLE_INLINE thimble_quad thimble_shift_quad_right(thimble_quad a, int32_t n) { return a >> n; }
THIMBLE_INLINE thimble_quad thimble_shift_quad_right_each(thimble_quad a, thimble_quad n) { return vshlq_s32(a, vnegq_s32(n)); }
THIMBLE_INLINE thimble_quad thimble_quotient_of_quad(thimble_quad a, int32_t b) {
  return vcvtq_s32_f32(vdivq_f32(vcvtq_f32_s32(a), vdupq_n_f32((float)b)));
}
/* The instruction doubles the product. */
THIMBLE_INLINE thimble_quad thimble_high_product_of_quads(thimble_quad a, int32_t up, thimble_quad b) {
  return vqdmulhq_s32(thimble_shift_quad_left(a, up - 1), b);
}

THIMBLE_INLINE thimble_real_quad thimble_load_real_quad(const float* p) { return vld1q_f32(p); }
THIMBLE_INLINE thimble_real_quad thimble_splat_real_quad(float x) { return vdupq_n_f32(x); }
THIMBLE_INLINE thimble_real_quad thimble_add_real_quads(thimble_real_quad a, thimble_real_quad b) { return vaddq_f32(a, b); }
THIMBLE_INLINE thimble_real_quad thimble_multiply_real_quads(thimble_real_quad a, thimble_real_quad b) { return vmulq_f32(a, b); }
THIMBLE_INLINE thimble_real_quad thimble_divide_real_quads(thimble_real_quad a, thimble_real_quad b) { return vdivq_f32(a, b); }
THIMBLE_INLINE thimble_real_quad thimble_greater_real_quads(thimble_real_quad a, thimble_real_quad b) {
  return vbslq_f32(vcgtq_f32(a, b), a, b);
}
THIMBLE_INLINE thimble_real_quad thimble_less_real_quads(thimble_real_quad a, thimble_real_quad b) {
  return vbslq_f32(vcltq_f32(a, b), a, b);
}
THIMBLE_INLINE void thimble_store_real_quad(float* to, thimble_real_quad x) { vst1q_f32(to, x); }

#endif

/* The primitives of core/simd.h in AVX-512 with VNNI: taps become bytes from 0 to 255, four of them one multiplication. */
#ifndef THIMBLE_CORE_SIMD_AVX512_H
#define THIMBLE_CORE_SIMD_AVX512_H

#include "core/base.h"

#if !defined(__AVX512BW__) || !defined(__AVX512DQ__) || !defined(__AVX512VL__) || !defined(__AVX512VNNI__) || !defined(__FMA__)
#error "this model was compiled for AVX-512: add -mavx2 -mfma -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni, or compile it anew"
#endif
#include <immintrin.h>

#define THIMBLE_LANES 16
#define THIMBLE_GROUP 4

typedef __m512i thimble_lanes;
typedef __m512i thimble_weights;
typedef __m512i thimble_group;
typedef uint8_t thimble_tap;

THIMBLE_INLINE thimble_lanes thimble_load_lanes(const int32_t* p) { return _mm512_loadu_si512((const void*)p); }
THIMBLE_INLINE thimble_lanes thimble_splat_lanes(int32_t x) { return _mm512_set1_epi32(x); }
THIMBLE_INLINE thimble_lanes thimble_add_lanes(thimble_lanes a, thimble_lanes b) { return _mm512_add_epi32(a, b); }
THIMBLE_INLINE thimble_lanes thimble_and_lanes(thimble_lanes a, thimble_lanes b) { return _mm512_and_si512(a, b); }
THIMBLE_INLINE thimble_lanes thimble_shift_left(thimble_lanes a, int32_t n) { return _mm512_slli_epi32(a, (unsigned)n); }
THIMBLE_INLINE thimble_lanes thimble_shift_right(thimble_lanes a, int32_t n) { return _mm512_srai_epi32(a, (unsigned)n); }
THIMBLE_INLINE thimble_lanes thimble_shift_right_each(thimble_lanes a, thimble_lanes n) { return _mm512_srav_epi32(a, n); }
THIMBLE_INLINE thimble_lanes thimble_max_lanes(thimble_lanes a, thimble_lanes b) { return _mm512_max_epi32(a, b); }
THIMBLE_INLINE thimble_lanes thimble_load_bytes(const int8_t* p) {
  return _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i*)(const void*)p));
}
THIMBLE_INLINE thimble_lanes thimble_quotient(thimble_lanes a, int32_t b) {
  return _mm512_cvttps_epi32(_mm512_div_ps(_mm512_cvtepi32_ps(a), _mm512_set1_ps((float)b)));
}
THIMBLE_INLINE thimble_lanes thimble_high_product(thimble_lanes a, int32_t up, thimble_lanes b) {
  const thimble_lanes raised = thimble_shift_left(a, up);
  const __m512i even = _mm512_mul_epi32(raised, b), odd = _mm512_mul_epi32(_mm512_srli_epi64(raised, 32), _mm512_srli_epi64(b, 32));
  return _mm512_mask_shuffle_epi32(odd, 0x5555, even, _MM_PERM_DDBB);
}
THIMBLE_INLINE void thimble_store_lanes(int8_t* to, thimble_lanes x, int32_t low, int32_t high) {
  __m128i bytes = _mm512_cvtsepi32_epi8(x);
  if (low > -128) bytes = _mm_max_epi8(bytes, _mm_set1_epi8((char)low));
  if (high < 127) bytes = _mm_min_epi8(bytes, _mm_set1_epi8((char)high));
  _mm_storeu_si128((__m128i*)(void*)to, bytes);
}

THIMBLE_INLINE thimble_weights thimble_load_weights(const int8_t* p) { return _mm512_loadu_si512((const void*)p); }
THIMBLE_INLINE thimble_group thimble_load_group(const thimble_tap* p) {
  int32_t four;
  memcpy(&four, p, sizeof four);
  return _mm512_set1_epi32(four);
}
THIMBLE_INLINE thimble_lanes thimble_dot(thimble_lanes sum, thimble_weights w, thimble_group x) { return _mm512_dpbusd_epi32(sum, x, w); }

#define THIMBLE_CHUNK 64
THIMBLE_INLINE void thimble_widen_chunk(thimble_tap* to, const int8_t* from) {
  _mm512_storeu_si512((void*)to, _mm512_xor_si512(_mm512_loadu_si512((const void*)from), _mm512_set1_epi8(-128)));
}
THIMBLE_INLINE void thimble_widen_some(thimble_tap* to, const int8_t* from, int32_t n) {
  const __m512i bytes = _mm512_maskz_loadu_epi8(((uint64_t)1 << n) - 1, (const void*)from);
  _mm512_storeu_si512((void*)to, _mm512_xor_si512(bytes, _mm512_set1_epi8(-128)));
}
THIMBLE_INLINE void thimble_fill_chunk(thimble_tap* to, int32_t value) {
  _mm512_storeu_si512((void*)to, _mm512_set1_epi8((char)(value + 128)));
}

#define THIMBLE_CHANNELS 16
#define THIMBLE_PARTS 1
typedef int16_t thimble_sample;
typedef int16_t thimble_factor;
typedef __m256i thimble_products;
typedef struct {
  thimble_lanes part[THIMBLE_PARTS];
} thimble_wide;

THIMBLE_INLINE thimble_products thimble_multiply(const thimble_sample* x, const thimble_factor* w) {
  return _mm256_mullo_epi16(_mm256_loadu_si256((const __m256i*)(const void*)x), _mm256_loadu_si256((const __m256i*)(const void*)w));
}
THIMBLE_INLINE thimble_products thimble_multiply_more(thimble_products sum, const thimble_sample* x, const thimble_factor* w) {
  return _mm256_add_epi16(sum, thimble_multiply(x, w));
}
THIMBLE_INLINE thimble_wide thimble_add_wide(thimble_wide sum, thimble_products a) {
  sum.part[0] = _mm512_add_epi32(sum.part[0], _mm512_cvtepi16_epi32(a));
  return sum;
}
THIMBLE_INLINE thimble_wide thimble_add_wide2(thimble_wide sum, thimble_products a, thimble_products b) {
  return thimble_add_wide(thimble_add_wide(sum, a), b);
}
THIMBLE_INLINE void thimble_store_wide(int8_t* to, thimble_wide x, int32_t low, int32_t high) {
  thimble_store_lanes(to, x.part[0], low, high);
}

#define THIMBLE_SAMPLE_CHUNK 32
THIMBLE_INLINE void thimble_sample_chunk(thimble_sample* to, const int8_t* from) {
  _mm512_storeu_si512((void*)to, _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i*)(const void*)from)));
}
THIMBLE_INLINE void thimble_sample_some(thimble_sample* to, const int8_t* from, int32_t n) {
  _mm512_storeu_si512((void*)to, _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8((uint32_t)(((uint64_t)1 << n) - 1), (const void*)from)));
}
THIMBLE_INLINE void thimble_fill_samples(thimble_sample* to, int32_t value) {
  _mm512_storeu_si512((void*)to, _mm512_set1_epi16((int16_t)value));
}

typedef __m512 thimble_reals;
THIMBLE_INLINE thimble_reals thimble_load_reals(const float* p) { return _mm512_loadu_ps((const void*)p); }
THIMBLE_INLINE thimble_reals thimble_splat_real(float x) { return _mm512_set1_ps(x); }
THIMBLE_INLINE thimble_reals thimble_add_reals(thimble_reals a, thimble_reals b) { return _mm512_add_ps(a, b); }
THIMBLE_INLINE thimble_reals thimble_multiply_reals(thimble_reals a, thimble_reals b) { return _mm512_mul_ps(a, b); }
THIMBLE_INLINE thimble_reals thimble_divide_reals(thimble_reals a, thimble_reals b) { return _mm512_div_ps(a, b); }
THIMBLE_INLINE thimble_reals thimble_multiply_add(thimble_reals sum, thimble_reals a, thimble_reals b) {
  return _mm512_fmadd_ps(a, b, sum);
}
THIMBLE_INLINE thimble_reals thimble_greater_reals(thimble_reals a, thimble_reals b) { return _mm512_max_ps(a, b); }
THIMBLE_INLINE thimble_reals thimble_less_reals(thimble_reals a, thimble_reals b) { return _mm512_min_ps(a, b); }
THIMBLE_INLINE void thimble_store_reals(float* to, thimble_reals x) { _mm512_storeu_ps((void*)to, x); }
THIMBLE_INLINE void thimble_store_some_reals(float* to, thimble_reals x, int32_t n) {
  _mm512_mask_storeu_ps((void*)to, (__mmask16)((1u << n) - 1), x);
}

#endif

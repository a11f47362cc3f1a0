/* The primitives of core/simd.h in AVX2 and FMA: taps become 16 bits, pairs of them one multiplication. */
#ifndef THIMBLE_CORE_SIMD_AVX2_H
#define THIMBLE_CORE_SIMD_AVX2_H

#include "core/load_some.h"

#if !defined(__AVX2__) || !defined(__FMA__)
#error "this model was compiled for AVX2: add -mavx2 -mfma, or compile it anew with --board x86_64"
#endif
#include <immintrin.h>

#define THIMBLE_LANES 8
#define THIMBLE_GROUP 2

typedef __m256i thimble_lanes;
typedef __m256i thimble_weights;
typedef __m256i thimble_group;
typedef int16_t thimble_tap;

THIMBLE_INLINE thimble_lanes thimble_load_lanes(const int32_t* p) { return _mm256_loadu_si256((const __m256i*)(const void*)p); }
THIMBLE_INLINE thimble_lanes thimble_splat_lanes(int32_t x) { return _mm256_set1_epi32(x); }
THIMBLE_INLINE thimble_lanes thimble_add_lanes(thimble_lanes a, thimble_lanes b) { return _mm256_add_epi32(a, b); }
THIMBLE_INLINE thimble_lanes thimble_and_lanes(thimble_lanes a, thimble_lanes b) { return _mm256_and_si256(a, b); }
THIMBLE_INLINE thimble_lanes thimble_shift_left(thimble_lanes a, int32_t n) { return _mm256_slli_epi32(a, n); }
THIMBLE_INLINE thimble_lanes thimble_shift_right(thimble_lanes a, int32_t n) { return _mm256_srai_epi32(a, n); }
THIMBLE_INLINE thimble_lanes thimble_shift_right_each(thimble_lanes a, thimble_lanes n) { return _mm256_srav_epi32(a, n); }
THIMBLE_INLINE thimble_lanes thimble_max_lanes(thimble_lanes a, thimble_lanes b) { return _mm256_max_epi32(a, b); }
THIMBLE_INLINE thimble_lanes thimble_load_bytes(const int8_t* p) {
  return _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i*)(const void*)p));
}
THIMBLE_INLINE thimble_lanes thimble_quotient(thimble_lanes a, int32_t b) {
  return _mm256_cvttps_epi32(_mm256_div_ps(_mm256_cvtepi32_ps(a), _mm256_set1_ps((float)b)));
}
THIMBLE_INLINE thimble_lanes thimble_high_product(thimble_lanes a, int32_t up, thimble_lanes b) {
  const thimble_lanes raised = thimble_shift_left(a, up);
  const __m256i even = _mm256_mul_epi32(raised, b), odd = _mm256_mul_epi32(_mm256_srli_epi64(raised, 32), _mm256_srli_epi64(b, 32));
  return _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
}
THIMBLE_INLINE void thimble_store_lanes(int8_t* to, thimble_lanes x, int32_t low, int32_t high) {
  const __m128i halves = _mm_packs_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
  __m128i bytes = _mm_packs_epi16(halves, halves);
  if (low > -128) bytes = _mm_max_epi8(bytes, _mm_set1_epi8((char)low));
  if (high < 127) bytes = _mm_min_epi8(bytes, _mm_set1_epi8((char)high));
  _mm_storel_epi64((__m128i*)(void*)to, bytes);
}

THIMBLE_INLINE thimble_weights thimble_load_weights(const int8_t* p) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i*)(const void*)p));
}
THIMBLE_INLINE thimble_group thimble_load_group(const thimble_tap* p) {
  int32_t pair;
  memcpy(&pair, p, sizeof pair);
  return _mm256_set1_epi32(pair);
}
THIMBLE_INLINE thimble_lanes thimble_dot(thimble_lanes sum, thimble_weights w, thimble_group x) {
  return _mm256_add_epi32(sum, _mm256_madd_epi16(w, x));
}

#define THIMBLE_CHUNK 16
THIMBLE_INLINE void thimble_widen_chunk(thimble_tap* to, const int8_t* from) {
  _mm256_storeu_si256((__m256i*)(void*)to, _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i*)(const void*)from)));
}
THIMBLE_INLINE void thimble_widen_some(thimble_tap* to, const int8_t* from, int32_t n) {
  uint64_t words[2];
  thimble_load_some(words, from, n);
  _mm256_storeu_si256((__m256i*)(void*)to, _mm256_cvtepi8_epi16(_mm_set_epi64x((int64_t)words[1], (int64_t)words[0])));
}
THIMBLE_INLINE void thimble_fill_chunk(thimble_tap* to, int32_t value) {
  _mm256_storeu_si256((__m256i*)(void*)to, _mm256_set1_epi16((int16_t)value));
}

#define THIMBLE_CHANNELS 16
#define THIMBLE_PARTS 2
typedef int16_t thimble_sample;
typedef int16_t thimble_factor;
typedef __m256i thimble_products;
/* channels 0 to 3 and 8 to 11, then the others: as the halves of a register unpack */
typedef struct {
  thimble_lanes part[THIMBLE_PARTS];
} thimble_wide;

THIMBLE_INLINE thimble_products thimble_multiply(const thimble_sample* x, const thimble_factor* w) {
  return _mm256_mullo_epi16(_mm256_loadu_si256((const __m256i*)(const void*)x), _mm256_loadu_si256((const __m256i*)(const void*)w));
}
THIMBLE_INLINE thimble_products thimble_multiply_more(thimble_products sum, const thimble_sample* x, const thimble_factor* w) {
  return _mm256_add_epi16(sum, thimble_multiply(x, w));
}
THIMBLE_INLINE thimble_wide thimble_add_wide2(thimble_wide sum, thimble_products a, thimble_products b) {
  const __m256i ones = _mm256_set1_epi16(1);
  sum.part[0] = _mm256_add_epi32(sum.part[0], _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), ones));
  sum.part[1] = _mm256_add_epi32(sum.part[1], _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), ones));
  return sum;
}
THIMBLE_INLINE thimble_wide thimble_add_wide(thimble_wide sum, thimble_products a) {
  return thimble_add_wide2(sum, a, _mm256_setzero_si256());
}
THIMBLE_INLINE void thimble_store_wide(int8_t* to, thimble_wide x, int32_t low, int32_t high) {
  const __m256i halves = _mm256_packs_epi32(x.part[0], x.part[1]);
  __m128i bytes = _mm_packs_epi16(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
  if (low > -128) bytes = _mm_max_epi8(bytes, _mm_set1_epi8((char)low));
  if (high < 127) bytes = _mm_min_epi8(bytes, _mm_set1_epi8((char)high));
  _mm_storeu_si128((__m128i*)(void*)to, bytes);
}

#define THIMBLE_SAMPLE_CHUNK THIMBLE_CHUNK
THIMBLE_INLINE void thimble_sample_chunk(thimble_sample* to, const int8_t* from) { thimble_widen_chunk(to, from); }
THIMBLE_INLINE void thimble_sample_some(thimble_sample* to, const int8_t* from, int32_t n) { thimble_widen_some(to, from, n); }
THIMBLE_INLINE void thimble_fill_samples(thimble_sample* to, int32_t value) { thimble_fill_chunk(to, value); }

typedef __m256 thimble_reals;
THIMBLE_INLINE thimble_reals thimble_load_reals(const float* p) { return _mm256_loadu_ps(p); }
THIMBLE_INLINE thimble_reals thimble_splat_real(float x) { return _mm256_set1_ps(x); }
THIMBLE_INLINE thimble_reals thimble_add_reals(thimble_reals a, thimble_reals b) { return _mm256_add_ps(a, b); }
THIMBLE_INLINE thimble_reals thimble_multiply_reals(thimble_reals a, thimble_reals b) { return _mm256_mul_ps(a, b); }
THIMBLE_INLINE thimble_reals thimble_divide_reals(thimble_reals a, thimble_reals b) { return _mm256_div_ps(a, b); }
THIMBLE_INLINE thimble_reals thimble_multiply_add(thimble_reals sum, thimble_reals a, thimble_reals b) {
  return _mm256_fmadd_ps(a, b, sum);
}
THIMBLE_INLINE thimble_reals thimble_greater_reals(thimble_reals a, thimble_reals b) { return _mm256_max_ps(a, b); }
THIMBLE_INLINE thimble_reals thimble_less_reals(thimble_reals a, thimble_reals b) { return _mm256_min_ps(a, b); }
THIMBLE_INLINE void thimble_store_reals(float* to, thimble_reals x) { _mm256_storeu_ps(to, x); }
THIMBLE_INLINE void thimble_store_some_reals(float* to, thimble_reals x, int32_t n) {
  float all[THIMBLE_LANES];
  _mm256_storeu_ps(all, x);
  memcpy(to, all, (size_t)n * sizeof *to);
}

#endif

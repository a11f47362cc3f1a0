/* Eight lanes as two vectors of 128 bits, for the instruction sets that have no longer ones: what core/simd.h wants of lanes, from what a
 * core/quads_<name>.h, pasted before this file, says of a thimble_quad of four lanes and a thimble_real_quad of four floats. */
#ifndef THIMBLE_CORE_SIMD_QUADS_H
#define THIMBLE_CORE_SIMD_QUADS_H

#include "core/base.h"

#define THIMBLE_LANES 8

typedef struct {
  thimble_quad low, high;
} thimble_lanes;
typedef struct {
  thimble_real_quad low, high;
} thimble_reals;

THIMBLE_INLINE thimble_lanes thimble_two_quads(thimble_quad low, thimble_quad high) {
  thimble_lanes both;
  both.low = low;
  both.high = high;
  return both;
}
THIMBLE_INLINE thimble_reals thimble_two_real_quads(thimble_real_quad low, thimble_real_quad high) {
  thimble_reals both;
  both.low = low;
  both.high = high;
  return both;
}

#define THIMBLE_OF_QUADS(f, a, b) thimble_two_quads(f((a).low, (b).low), f((a).high, (b).high))
#define THIMBLE_OF_REAL_QUADS(f, a, b) thimble_two_real_quads(f((a).low, (b).low), f((a).high, (b).high))

THIMBLE_INLINE thimble_lanes thimble_load_lanes(const int32_t* p) {
  return thimble_two_quads(thimble_load_quad(p), thimble_load_quad(p + 4));
}
THIMBLE_INLINE thimble_lanes thimble_splat_lanes(int32_t x) { return thimble_two_quads(thimble_splat_quad(x), thimble_splat_quad(x)); }
THIMBLE_INLINE thimble_lanes thimble_add_lanes(thimble_lanes a, thimble_lanes b) { return THIMBLE_OF_QUADS(thimble_add_quads, a, b); }
THIMBLE_INLINE thimble_lanes thimble_and_lanes(thimble_lanes a, thimble_lanes b) { return THIMBLE_OF_QUADS(thimble_and_quads, a, b); }
THIMBLE_INLINE thimble_lanes thimble_max_lanes(thimble_lanes a, thimble_lanes b) { return THIMBLE_OF_QUADS(thimble_max_quads, a, b); }
THIMBLE_INLINE thimble_lanes thimble_shift_right_each(thimble_lanes a, thimble_lanes n) {
  return THIMBLE_OF_QUADS(thimble_shift_quad_right_each, a, n);
}
THIMBLE_INLINE thimble_lanes thimble_shift_left(thimble_lanes a, int32_t n) {
  return thimble_two_quads(thimble_shift_quad_left(a.low, n), thimble_shift_quad_left(a.high, n));
}
THIMBLE_INLINE thimble_lanes thimble_shift_right(thimble_lanes a, int32_t n) {
  return thimble_two_quads(thimble_shift_quad_right(a.low, n), thimble_shift_quad_right(a.high, n));
}
THIMBLE_INLINE thimble_lanes thimble_high_product(thimble_lanes a, int32_t up, thimble_lanes b) {
  return thimble_two_quads(thimble_high_product_of_quads(a.low, up, b.low), thimble_high_product_of_quads(a.high, up, b.high));
}
THIMBLE_INLINE thimble_lanes thimble_quotient(thimble_lanes a, int32_t b) {
  return thimble_two_quads(thimble_quotient_of_quad(a.low, b), thimble_quotient_of_quad(a.high, b));
}

THIMBLE_INLINE thimble_reals thimble_load_reals(const float* p) {
  return thimble_two_real_quads(thimble_load_real_quad(p), thimble_load_real_quad(p + 4));
}
THIMBLE_INLINE thimble_reals thimble_splat_real(float x) {
  return thimble_two_real_quads(thimble_splat_real_quad(x), thimble_splat_real_quad(x));
}
THIMBLE_INLINE thimble_reals thimble_add_reals(thimble_reals a, thimble_reals b) {
  return THIMBLE_OF_REAL_QUADS(thimble_add_real_quads, a, b);
}
THIMBLE_INLINE thimble_reals thimble_multiply_reals(thimble_reals a, thimble_reals b) {
  return THIMBLE_OF_REAL_QUADS(thimble_multiply_real_quads, a, b);
}
THIMBLE_INLINE thimble_reals thimble_divide_reals(thimble_reals a, thimble_reals b) {
  return THIMBLE_OF_REAL_QUADS(thimble_divide_real_quads, a, b);
}
/* Nothing is fused, so that sums are the reference's to the bit. */
THIMBLE_INLINE thimble_reals thimble_multiply_add(thimble_reals sum, thimble_reals a, thimble_reals b) {
  return thimble_add_reals(sum, thimble_multiply_reals(a, b));
}
THIMBLE_INLINE thimble_reals thimble_greater_reals(thimble_reals a, thimble_reals b) {
  return THIMBLE_OF_REAL_QUADS(thimble_greater_real_quads, a, b);
}
THIMBLE_INLINE thimble_reals thimble_less_reals(thimble_reals a, thimble_reals b) {
  return THIMBLE_OF_REAL_QUADS(thimble_less_real_quads, a, b);
}
THIMBLE_INLINE void thimble_store_reals(float* to, thimble_reals x) {
  thimble_store_real_quad(to, x.low);
  thimble_store_real_quad(to + 4, x.high);
}
THIMBLE_INLINE void thimble_store_some_reals(float* to, thimble_reals x, int32_t n) {
  float all[THIMBLE_LANES];
  thimble_store_reals(all, x);
  memcpy(to, all, (size_t)n * sizeof *to);
}

#endif

/* int8 fully connected layer for the ARM DSP extension that needs no scratch: four units at a time, inputs and weights widened on the way.
 * The weights stand as they come, unit after unit; the input's zero point is folded into the bias. */
#ifndef THIMBLE_FULLY_CONNECTED_LEAN_DSP_H
#define THIMBLE_FULLY_CONNECTED_LEAN_DSP_H

#include "core/dsp.h"
#include "core/requantize.h"

typedef struct {
  int32_t rows, units, features;
  int32_t out_zero, out_min, out_max;
} thimble_fully_connected_s8_lean_shape;

/* sum + both products of the halves. */
THIMBLE_INLINE int32_t thimble_add_products_dsp(uint32_t a, uint32_t b, int32_t sum) {
  int32_t r;
  __asm("smlad %0, %1, %2, %3" : "=r"(r) : "r"(a), "r"(b), "r"(sum));
  return r;
}

/* sum + four products; `even` and `odd` are the bytes of four inputs. */
THIMBLE_INLINE int32_t thimble_add_four_products_dsp(const int8_t* weights, uint32_t even, uint32_t odd, int32_t sum) {
  const uint32_t word = thimble_load_word(weights);
  sum = thimble_add_products_dsp(thimble_even_bytes(word), even, sum);
  return thimble_add_products_dsp(thimble_odd_bytes(word), odd, sum);
}

/* The sums of `count` (1 or 4) units whose weights begin at w; they hold the bias when it begins. */
THIMBLE_INLINE void thimble_fully_connected_sums_dsp(const int8_t* in, const int8_t* w, int32_t* sums, int32_t count, int32_t features) {
  int32_t s0 = sums[0], s1 = count > 1 ? sums[1] : 0, s2 = count > 1 ? sums[2] : 0, s3 = count > 1 ? sums[3] : 0, k = 0;
  for (; k + 4 <= features; k += 4, in += 4, w += 4) {
    const uint32_t word = thimble_load_word(in), even = thimble_even_bytes(word), odd = thimble_odd_bytes(word);
    s0 = thimble_add_four_products_dsp(w, even, odd, s0);
    if (count == 1) continue;
    s1 = thimble_add_four_products_dsp(w + features, even, odd, s1);
    s2 = thimble_add_four_products_dsp(w + 2 * features, even, odd, s2);
    s3 = thimble_add_four_products_dsp(w + 3 * features, even, odd, s3);
  }
  for (; k < features; ++k, ++in, ++w) {
    s0 += *in * w[0];
    if (count == 1) continue;
    s1 += *in * w[features];
    s2 += *in * w[2 * features];
    s3 += *in * w[3 * features];
  }
  sums[0] = s0;
  if (count > 1) sums[1] = s1, sums[2] = s2, sums[3] = s3;
}

/* multipliers and shifts hold one entry per unit. */
THIMBLE_KERNEL void thimble_fully_connected_s8_lean(const int8_t* in, int8_t* out, const int8_t* weights, const int32_t* bias,
                                                    const int32_t* multipliers, const int8_t* shifts,
                                                    const thimble_fully_connected_s8_lean_shape* s) {
  for (int32_t row = 0; row < s->rows; ++row, in += s->features, out += s->units)
    for (int32_t u = 0; u < s->units;) {
      const int32_t count = s->units - u >= 4 ? 4 : 1;
      int32_t sums[4];
      for (int32_t i = 0; i < count; ++i) sums[i] = bias[u + i];
      if (count == 4)
        thimble_fully_connected_sums_dsp(in, weights + u * s->features, sums, 4, s->features);
      else
        thimble_fully_connected_sums_dsp(in, weights + u * s->features, sums, 1, s->features);
      for (int32_t i = 0; i < count; ++i, ++u)
        out[u] = (int8_t)thimble_clamp(thimble_requantize(sums[i], multipliers[u], shifts[u]) + s->out_zero, s->out_min, s->out_max);
    }
}

#endif

/* Softmax and its logarithm along the last axis. In place is fine: a row is read before it is written. */
#ifndef THIMBLE_SOFTMAX_REF_H
#define THIMBLE_SOFTMAX_REF_H

#include "core/math.h"
#include "core/softmax_fixed_point.h"

typedef struct {
  int32_t rows, depth;
  int32_t mantissa, shift, diff_min; /* differences from the row's maximum to Q5.26; smaller ones count nothing */
} thimble_softmax_s8_shape;

THIMBLE_INLINE int32_t thimble_softmax_max(const int8_t* in, int32_t depth) {
  int32_t c, max = in[0];
  for (c = 1; c < depth; ++c) max = in[c] > max ? in[c] : max;
  return max;
}

/* exp of the difference, Q0.31. */
THIMBLE_FIXED int32_t thimble_softmax_exp(int32_t diff, int32_t diff_min, int32_t mantissa, int32_t shift) {
  if (diff < diff_min) return 0;
  return thimble_exp_negative(thimble_rounding_doubling_high_multiply((int32_t)((uint32_t)diff << shift), mantissa));
}

/* Sum of the exponentials, Q12.19. */
THIMBLE_INLINE int32_t thimble_softmax_sum(const int8_t* in, int32_t max, const thimble_softmax_s8_shape* s) {
  int32_t c, sum = 0;
  for (c = 0; c < s->depth; ++c)
    sum += thimble_rounding_shift_right(thimble_softmax_exp(in[c] - max, s->diff_min, s->mantissa, s->shift), 12);
  return sum;
}

/* The reciprocal of the sum, and by which power of two a product with it is to be divided for a result of `bits` bits. */
THIMBLE_FIXED int32_t thimble_softmax_reciprocal(int32_t sum, int32_t bits, int* exponent) {
  const int32_t zeros = thimble_leading_zeros(sum);
  const int power = (int)(12 - zeros + 31 - bits);
  *exponent = power < 31 ? power : 31;
  return thimble_one_over_one_plus((int32_t)(((uint32_t)sum << zeros) - 0x80000000u));
}

THIMBLE_KERNEL void thimble_softmax_s8(const int8_t* in, int8_t* out, const thimble_softmax_s8_shape* s) {
  int32_t row, c;
  for (row = 0; row < s->rows; ++row, in += s->depth, out += s->depth) {
    int exponent;
    const int32_t max = thimble_softmax_max(in, s->depth);
    const int32_t reciprocal = thimble_softmax_reciprocal(thimble_softmax_sum(in, max, s), 8, &exponent);
    for (c = 0; c < s->depth; ++c) {
      const int32_t e = thimble_softmax_exp(in[c] - max, s->diff_min, s->mantissa, s->shift);
      const int32_t share = thimble_rounding_shift_right(thimble_rounding_doubling_high_multiply(e, reciprocal), exponent);
      out[c] = (int8_t)thimble_clamp(share - 128, -128, 127);
    }
  }
}

THIMBLE_KERNEL void thimble_softmax_s8_s16(const int8_t* in, int16_t* out, const thimble_softmax_s8_shape* s) {
  int32_t row, c;
  for (row = 0; row < s->rows; ++row, in += s->depth, out += s->depth) {
    int exponent;
    const int32_t max = thimble_softmax_max(in, s->depth);
    const int32_t reciprocal = thimble_softmax_reciprocal(thimble_softmax_sum(in, max, s), 16, &exponent);
    for (c = 0; c < s->depth; ++c) {
      const int32_t e = thimble_softmax_exp(in[c] - max, s->diff_min, s->mantissa, s->shift);
      const int32_t share = thimble_rounding_shift_right(thimble_rounding_doubling_high_multiply(e, reciprocal), exponent);
      out[c] = (int16_t)thimble_clamp(share - 32768, -32768, 32767);
    }
  }
}

typedef struct {
  int32_t rows, depth;
  int32_t mantissa, shift, diff_min;
  int32_t reverse_mantissa, reverse_shift; /* from Q5.26 back to differences */
} thimble_log_softmax_s8_shape;

/* The result has scale 1/16 and zero point 127. */
THIMBLE_KERNEL void thimble_log_softmax_s8(const int8_t* in, int8_t* out, const thimble_log_softmax_s8_shape* s) {
  const thimble_softmax_s8_shape scaling = {s->rows, s->depth, s->mantissa, s->shift, s->diff_min};
  int32_t row, c;
  for (row = 0; row < s->rows; ++row, in += s->depth, out += s->depth) {
    const int32_t max = thimble_softmax_max(in, s->depth);
    const int32_t log_sum = thimble_log_one_or_more(thimble_softmax_sum(in, max, &scaling));
    const int32_t saturates = thimble_requantize(log_sum + INT32_MIN, s->reverse_mantissa, (int)s->reverse_shift);
    const int32_t least = saturates > s->diff_min - 1 ? saturates : s->diff_min - 1;
    for (c = 0; c < s->depth; ++c) {
      const int32_t diff = in[c] - max;
      const int32_t log = thimble_requantize(diff, s->mantissa, (int)s->shift) - log_sum;
      out[c] = (int8_t)(diff > least ? thimble_clamp(thimble_rounding_shift_right(log, 22) + 127, -128, 127) : -128);
    }
  }
}

typedef struct {
  int32_t rows, depth;
  float beta;
} thimble_softmax_f32_shape;

THIMBLE_INLINE float thimble_softmax_maxf(const float* in, int32_t depth) {
  int32_t c;
  float max = in[0];
  for (c = 1; c < depth; ++c) max = in[c] > max ? in[c] : max;
  return max;
}

THIMBLE_KERNEL void thimble_softmax_f32(const float* in, float* out, const thimble_softmax_f32_shape* s) {
  int32_t row, c;
  for (row = 0; row < s->rows; ++row, in += s->depth, out += s->depth) {
    const float max = thimble_softmax_maxf(in, s->depth);
    float sum = 0;
    for (c = 0; c < s->depth; ++c) sum += out[c] = thimble_expf((in[c] - max) * s->beta);
    for (c = 0; c < s->depth; ++c) out[c] = out[c] / sum;
  }
}

THIMBLE_KERNEL void thimble_log_softmax_f32(const float* in, float* out, const thimble_softmax_f32_shape* s) {
  int32_t row, c;
  for (row = 0; row < s->rows; ++row, in += s->depth, out += s->depth) {
    const float max = thimble_softmax_maxf(in, s->depth);
    float sum = 0, log;
    for (c = 0; c < s->depth; ++c) sum += thimble_expf(in[c] - max);
    log = thimble_logf(sum);
    for (c = 0; c < s->depth; ++c) out[c] = in[c] - max - log;
  }
}

#endif

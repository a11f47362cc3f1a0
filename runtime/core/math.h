/* Float functions that give the same bits on every machine: only +, -, *, / and integer work on the bits, in one fixed order (build with
 * -ffp-contract=off). No libm, no double: 8-bit cores and cores without a floating-point unit run them too.
 *
 * Largest error in units in the last place (tests/runtime): exp 1, log 1, tanh 2, logistic 3, sin and cos 3, expm1 4; sqrt is exact; that
 * of erfc stands beside it. Results below 2^-126 may be given as 0. NaN goes in, NaN comes out. */
#ifndef THIMBLE_CORE_MATH_H
#define THIMBLE_CORE_MATH_H

#include "core/base.h"

/* Left to the compiler to fold or to call. */
#define THIMBLE_MATH static __attribute__((unused))

THIMBLE_INLINE uint32_t thimble_bits(float x) {
  uint32_t u;
  memcpy(&u, &x, sizeof u);
  return u;
}
THIMBLE_INLINE float thimble_from_bits(uint32_t u) {
  float x;
  memcpy(&x, &u, sizeof x);
  return x;
}

/* 2^n for n in [-126, 127]. */
THIMBLE_INLINE float thimble_power_of_two(int32_t n) { return thimble_from_bits((uint32_t)(n + 127) << 23); }
THIMBLE_INLINE float thimble_infinity(void) { return thimble_from_bits(0x7f800000u); }
THIMBLE_INLINE float thimble_nan(void) { return thimble_from_bits(0x7fc00000u); }
THIMBLE_INLINE float thimble_fabsf(float x) { return thimble_from_bits(thimble_bits(x) & 0x7fffffffu); }

/* The nearest integer, ties away from zero, for |x| < 2^31. The fraction of x - n is exact, so no sum is rounded on the way. */
THIMBLE_INLINE int32_t thimble_round_to_int(float x) {
  const int32_t n = (int32_t)x;
  const float rest = x - (float)n;
  return rest >= 0.5f ? n + 1 : rest <= -0.5f ? n - 1 : n;
}

/* The largest whole number not above x, and the nearest one, ties to even. */
THIMBLE_MATH float thimble_floorf(float x) {
  float whole;
  if (!(thimble_fabsf(x) < 8388608.0f)) return x;
  whole = (float)(int32_t)x;
  if (whole > x) whole -= 1.0f;
  return thimble_from_bits(thimble_bits(whole) | (thimble_bits(x) & 0x80000000u));
}
THIMBLE_MATH float thimble_round_evenf(float x) {
  float floor, rest;
  if (!(thimble_fabsf(x) < 8388608.0f)) return x;
  floor = thimble_floorf(x);
  rest = x - floor;
  if (rest > 0.5f || (rest == 0.5f && ((int32_t)floor & 1))) floor += 1.0f;
  return thimble_from_bits((thimble_bits(floor) & 0x7fffffffu) | (thimble_bits(x) & 0x80000000u));
}

/* Correctly rounded: the unit's own instruction where there is one, else a root found bit by bit. */
THIMBLE_MATH float thimble_sqrtf(float x) {
#if defined(__ARM_FP) && (__ARM_FP & 4) && defined(__arm__)
  float root;
  __asm__("vsqrt.f32 %0, %1" : "=t"(root) : "t"(x));
  return root;
#elif defined(__aarch64__)
  float root;
  __asm__("fsqrt %s0, %s1" : "=w"(root) : "w"(x));
  return root;
#elif defined(__SSE__)
  float root;
  __asm__("sqrtss %1, %0" : "=x"(root) : "x"(x));
  return root;
#else
  uint32_t bits = thimble_bits(x), root = 0, bit, rest;
  int32_t exponent = (int32_t)(bits >> 23) - 127;
  if ((bits & 0x7fffffffu) == 0 || bits == 0x7f800000u) return x;
  if (bits >= 0x7f800000u) return thimble_nan();
  bits &= 0x7fffffu;
  if (exponent == -127) {
    for (exponent = -126; !(bits & 0x800000u); bits <<= 1) --exponent;
  } else {
    bits |= 0x800000u;
  }
  /* The mantissa as 1.23 or 2.23 with an even exponent; 25 bits of root, the last one for rounding. */
  rest = bits << (exponent & 1);
  exponent = (exponent - (exponent & 1)) / 2;
  {
    uint32_t remainder = 0;
    int32_t i;
    rest <<= 7; /* 2 integer bits on top of 30 fraction bits */
    for (i = 0; i < 25; ++i, rest <<= 2) {
      remainder = (remainder << 2) | (rest >> 30);
      bit = (root << 2) | 1u;
      root <<= 1;
      if (remainder >= bit) {
        remainder -= bit;
        root |= 1u;
      }
    }
  }
  /* No float's root lies halfway between two floats, so the 25th bit alone decides. */
  root = (root + 1) >> 1;
  return thimble_from_bits(root + ((uint32_t)(exponent + 126) << 23));
#endif
}

/* e^x = 2^n * e^r with |r| <= log(2)/2. */
THIMBLE_MATH float thimble_expf(float x) {
  int32_t n;
  float r, low, p;
  if (x != x) return x;
  if (x > 88.7228394f) return thimble_infinity();
  if (x < -87.3365402f) return 0.0f;
  n = thimble_round_to_int(x * 1.44269504f);
  r = x - (float)n * 0.693359375f;  /* exact: the constant has 9 significant bits */
  low = (float)n * -2.12194440e-4f; /* log(2) - 0.693359375 */
  r -= low;
  p = 1.0f / 5040.0f;
  p = p * r + 1.0f / 720.0f;
  p = p * r + 1.0f / 120.0f;
  p = p * r + 1.0f / 24.0f;
  p = p * r + 1.0f / 6.0f;
  p = p * r + 0.5f;
  p = 1.0f + (r + r * r * p);
  return n > 127 ? p * 2.0f * thimble_power_of_two(127) : p * thimble_power_of_two(n);
}

/* log(x) = e * log(2) + log(m) with m in [sqrt(1/2), sqrt(2)), and log(m) = 2 atanh((m - 1) / (m + 1)). */
THIMBLE_MATH float thimble_logf(float x) {
  uint32_t bits = thimble_bits(x);
  int32_t e = 0;
  float f, s, z, half, r;
  if (x != x || bits == 0x7f800000u) return x;
  if ((bits & 0x7fffffffu) == 0) return -thimble_infinity();
  if (bits & 0x80000000u) return thimble_nan();
  if (bits < 0x00800000u) {
    for (; !(bits & 0x800000u); bits <<= 1) --e;
  }
  e += (int32_t)(bits >> 23) - 127;
  bits = (bits & 0x7fffffu) | 0x3f800000u;
  if (bits >= 0x3fb504f3u) {
    bits -= 0x800000u;
    ++e;
  }
  f = thimble_from_bits(bits) - 1.0f;
  s = f / (2.0f + f);
  z = s * s;
  r = z * (0.666666667f + z * (0.4f + z * (0.285714286f + z * 0.222222222f)));
  half = 0.5f * f * f;
  return (float)e * 0.693359375f + (f - (half - (s * (half + r) - (float)e * 2.12194440e-4f)));
}

/* Small |x|: x minus a rational correction (the continued fraction of tanh); else 1 - 2 / (e^2x + 1). */
THIMBLE_MATH float thimble_tanhf(float x) {
  const float a = thimble_fabsf(x);
  float t;
  if (x != x) return x;
  if (a < 0.55f) {
    const float z = x * x;
    return x - x * z * (315.0f + 14.0f * z) / (945.0f + z * (420.0f + 15.0f * z));
  }
  t = a > 9.1f ? 1.0f : 1.0f - 2.0f / (thimble_expf(2.0f * a) + 1.0f);
  return x < 0 ? -t : t;
}

/* 1 / (1 + e^-x), by the exponential that cannot overflow. */
THIMBLE_MATH float thimble_logisticf(float x) {
  const float e = thimble_expf(x < 0 ? x : -x);
  return (x < 0 ? e : 1.0f) / (1.0f + e);
}

/* x modulo pi/2: the quadrant, and what is left in [-pi/4, pi/4]. Multiplies the mantissa with those 96 bits of 2/pi that matter, so that
 * it is as good for large x as for small. */
THIMBLE_MATH int32_t thimble_quadrant(float x, float* rest) {
  THIMBLE_CONST int32_t two_over_pi[9] = {0,
                                          (int32_t)0xa2f9836e,
                                          (int32_t)0x4e441529,
                                          (int32_t)0xfc2757d1,
                                          (int32_t)0xf534ddc0,
                                          (int32_t)0xdb629599,
                                          (int32_t)0x3c439041,
                                          (int32_t)0xfe5163ab,
                                          (int32_t)0xdebbc561};
  const uint32_t bits = thimble_bits(x);
  const uint32_t mantissa = (bits & 0x7fffffu) | 0x800000u;
  const int32_t place = (int32_t)((bits >> 23) & 0xff) - 120, word = place >> 5, shift = place & 31;
  uint64_t product = 0, size;
  uint32_t quadrant;
  int32_t i, zeros = 0;
  float high, low;
  if (thimble_fabsf(x) < 0.785398f) {
    *rest = x;
    return 0;
  }
  for (i = 0; i < 3; ++i) {
    uint32_t part = (uint32_t)thimble_const_s32(two_over_pi, word + i) << shift;
    if (shift) part |= (uint32_t)thimble_const_s32(two_over_pi, word + i + 1) >> (32 - shift);
    product += i == 0 ? (uint64_t)(mantissa * part) << 32 : i == 1 ? (uint64_t)mantissa * part : ((uint64_t)mantissa * part) >> 32;
  }
  quadrant = (uint32_t)((product + ((uint64_t)1 << 61)) >> 62);
  product -= (uint64_t)quadrant << 62; /* in units of pi/2 * 2^-62, two's complement */
  size = product >> 63 ? 0 - product : product;
  for (; zeros < 40 && !(size >> 63); ++zeros) size <<= 1;
  high = (float)(int32_t)(size >> 40);
  low = (float)(int32_t)((size >> 16) & 0xffffffu) * thimble_power_of_two(-24);
  high = (high * 1.57079637f + (low * 1.57079637f - high * 4.37113883e-8f)) * thimble_power_of_two(-22 - zeros);
  *rest = (product >> 63) != (bits >> 31) ? -high : high;
  return (int32_t)(bits >> 31 ? 0u - quadrant : quadrant) & 3;
}

/* sin of a quarter turn's multiple plus r, |r| <= pi/4, by the series of sine or cosine. */
THIMBLE_MATH float thimble_sin_in_quadrant(int32_t quadrant, float r) {
  const float z = r * r;
  float y;
  if (quadrant & 1) {
    y = z * (1.0f / 24.0f + z * (-1.0f / 720.0f + z * (1.0f / 40320.0f - z * (1.0f / 3628800.0f))));
    y = 1.0f - (0.5f * z - z * y);
  } else {
    y = -1.0f / 6.0f + z * (1.0f / 120.0f + z * (-1.0f / 5040.0f + z * (1.0f / 362880.0f)));
    y = r + r * z * y;
  }
  return quadrant & 2 ? -y : y;
}
THIMBLE_MATH float thimble_sinf(float x) {
  float r;
  int32_t quadrant;
  if (!(thimble_fabsf(x) < thimble_infinity())) return thimble_nan();
  quadrant = thimble_quadrant(x, &r);
  return thimble_sin_in_quadrant(quadrant, r);
}
THIMBLE_MATH float thimble_cosf(float x) {
  float r;
  int32_t quadrant;
  if (!(thimble_fabsf(x) < thimble_infinity())) return thimble_nan();
  quadrant = thimble_quadrant(x, &r);
  return thimble_sin_in_quadrant((quadrant + 1) & 3, r);
}

/* e^x - 1, without the loss that the subtraction brings near 0. */
THIMBLE_MATH float thimble_expm1f(float x) {
  float p;
  if (!(thimble_fabsf(x) < 0.35f)) return thimble_expf(x) - 1.0f;
  p = 1.0f / 40320.0f;
  p = p * x + 1.0f / 5040.0f;
  p = p * x + 1.0f / 720.0f;
  p = p * x + 1.0f / 120.0f;
  p = p * x + 1.0f / 24.0f;
  p = p * x + 1.0f / 6.0f;
  p = p * x + 0.5f;
  return x + x * x * p;
}

/* 1 - erf(x) = t * e^(P(t) - x^2) with t = 1 / (1 + |x|/2); P was fitted at Chebyshev's nodes. Relative error below 5e-7 + 2e-7 x^2. */
THIMBLE_MATH float thimble_erfcf(float x) {
  const float a = thimble_fabsf(x), t = 1.0f / (1.0f + 0.5f * a);
  float p = 0.1869977152f;
  p = p * t - 0.9001813379f;
  p = p * t + 1.648273181f;
  p = p * t - 1.315328844f;
  p = p * t + 0.4008206634f;
  p = p * t - 0.2370116688f;
  p = p * t + 0.1095197337f;
  p = p * t + 0.3722720311f;
  p = p * t + 1.000154357f;
  p = p * t - 1.26551572f;
  p = a > 9.19f ? 0.0f : t * thimble_expf(p - a * a);
  return x < 0 ? 2.0f - p : p;
}

#endif

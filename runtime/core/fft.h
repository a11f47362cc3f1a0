/* Fourier transform of real floats, in place: N a power of two from 4 on.
 *
 * The N values are N/2 complex numbers z[n] = x[2n] + i x[2n + 1]. They are put in bit-reversed order, transformed by passes of radix 4
 * (after one of radix 2 where N/2 is no power of four), and split into the spectrum of x. Twiddle factors come from tables that are
 * computed with the model (src/dsp/fft.h): one for the passes, in reading order, and one for the split; neither is longer than N floats. */
#ifndef THIMBLE_CORE_FFT_H
#define THIMBLE_CORE_FFT_H

#include "core/base.h"

THIMBLE_INLINE void thimble_fft_swap(float* x, int32_t i, int32_t j) {
  const float re = x[2 * i], im = x[2 * i + 1];
  x[2 * i] = x[2 * j], x[2 * i + 1] = x[2 * j + 1];
  x[2 * j] = re, x[2 * j + 1] = im;
}

/* Each complex number changes places with that whose index has the bits mirrored. An index is its highest bit, m bits, its lowest bit:
 * one mirrored m serves the four numbers 0m0, 0m1, 1m0, 1m1. */
THIMBLE_INLINE void thimble_fft_reverse(float* x, int32_t count) {
  const int32_t top = count / 2;
  if (count < 4) return;
  for (int32_t m = 0, mirrored = 0; m < top; m += 2) {
    int32_t bit = top >> 1;
    thimble_fft_swap(x, m + 1, top + mirrored);
    if (m < mirrored) {
      thimble_fft_swap(x, m, mirrored);
      thimble_fft_swap(x, top + m + 1, top + mirrored + 1);
    }
    for (; mirrored & bit; bit >>= 1) mirrored ^= bit;
    mirrored ^= bit;
  }
}

/* The first pass, whose factors are all 1. */
THIMBLE_INLINE void thimble_fft_pairs(float* x, int32_t count) {
  for (const float* end = x + 2 * count; x != end; x += 4) {
    const float re = x[0] - x[2], im = x[1] - x[3];
    x[0] += x[2], x[1] += x[3];
    x[2] = re, x[3] = im;
  }
}

/* a, b, c, d stand for residues 0, 2, 1, 3 modulo 4: bit-reversed order has the middle ones changed over. */
#define THIMBLE_FFT_BUTTERFLY(p, q, a_re, a_im, b_re, b_im, c_re, c_im, d_re, d_im)             \
  do {                                                                                          \
    const float s_re = a_re + b_re, s_im = a_im + b_im, t_re = a_re - b_re, t_im = a_im - b_im; \
    const float u_re = c_re + d_re, u_im = c_im + d_im, v_re = c_re - d_re, v_im = c_im - d_im; \
    (p)[0] = s_re + u_re, (p)[1] = s_im + u_im;                                                 \
    (p)[2 * (q)] = t_re + v_im, (p)[2 * (q) + 1] = t_im - v_re;                                 \
    (p)[4 * (q)] = s_re - u_re, (p)[4 * (q) + 1] = s_im - u_im;                                 \
    (p)[6 * (q)] = t_re - v_im, (p)[6 * (q) + 1] = t_im + v_re;                                 \
  } while (0)

THIMBLE_INLINE void thimble_fft_fours(float* x, int32_t count) {
  for (const float* end = x + 2 * count; x != end; x += 8) THIMBLE_FFT_BUTTERFLY(x, 1, x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]);
}

/* A pass over blocks of 4 q; w holds w^2j, w^j, w^3j for each j in turn. */
THIMBLE_INLINE void thimble_fft_pass(float* x, int32_t count, int32_t q, const float* w) {
  for (int32_t j = 0; j < q; ++j, w += 6, x += 2) {
    const float b0 = thimble_const_f32(w, 0), b1 = thimble_const_f32(w, 1), c0 = thimble_const_f32(w, 2), c1 = thimble_const_f32(w, 3),
                d0 = thimble_const_f32(w, 4), d1 = thimble_const_f32(w, 5);
    float* p = x;
    for (int32_t block = 0; block < count; block += 4 * q, p += 8 * q) {
      const float a_re = p[0], a_im = p[1];
      const float b_re = p[2 * q] * b0 - p[2 * q + 1] * b1, b_im = p[2 * q] * b1 + p[2 * q + 1] * b0;
      const float c_re = p[4 * q] * c0 - p[4 * q + 1] * c1, c_im = p[4 * q] * c1 + p[4 * q + 1] * c0;
      const float d_re = p[6 * q] * d0 - p[6 * q + 1] * d1, d_im = p[6 * q] * d1 + p[6 * q + 1] * d0;
      THIMBLE_FFT_BUTTERFLY(p, q, a_re, a_im, b_re, b_im, c_re, c_im, d_re, d_im);
    }
  }
}

/* The spectrum of x from that of z: x[0] = X[0], x[1] = X[N/2], then X[k] as pairs. w holds exp(-2 pi i k / N) for k from 1 to N/4 - 1. */
THIMBLE_INLINE void thimble_fft_split(float* x, int32_t count, const float* w) {
  const float first = x[0];
  float *low = x + 2, *high = x + 2 * count - 2;
  x[0] = first + x[1], x[1] = first - x[1];
  for (; low < high; low += 2, high -= 2, w += 2) {
    const float w_re = thimble_const_f32(w, 0), w_im = thimble_const_f32(w, 1);
    const float even_re = 0.5f * (low[0] + high[0]), even_im = 0.5f * (low[1] - high[1]);
    const float odd_re = 0.5f * (low[1] + high[1]), odd_im = 0.5f * (high[0] - low[0]);
    const float turned_re = odd_re * w_re - odd_im * w_im, turned_im = odd_re * w_im + odd_im * w_re;
    low[0] = even_re + turned_re, low[1] = even_im + turned_im;
    high[0] = even_re - turned_re, high[1] = turned_im - even_im;
  }
  if (low == high) low[1] = -low[1];
}

/* passes, split: the tables of src/dsp/fft.h for this N. */
static __attribute__((noinline, unused)) void thimble_real_fft(float* x, int32_t n, const float* passes, const float* split) {
  const int32_t count = n / 2;
  int32_t q = 1, odd = 0;
  for (int32_t rest = count; rest > 1; rest >>= 1) odd ^= 1;
  thimble_fft_reverse(x, count);
  if (odd) {
    thimble_fft_pairs(x, count);
    q = 2;
  } else if (count >= 4) {
    thimble_fft_fours(x, count);
    q = 4;
  }
  for (; q < count; passes += 6 * q, q *= 4) thimble_fft_pass(x, count, q, passes);
  thimble_fft_split(x, count, split);
}

#endif

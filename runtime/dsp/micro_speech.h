/* The fixed-point front end of the micro-speech models: a Hann window, a 16-bit transform, mel bands, noise reduction, gain control per
 * channel, logarithm. It gives the features of TensorFlow Lite's microfrontend library, from a silent past at each window's beginning. */
#ifndef THIMBLE_DSP_MICRO_SPEECH_H
#define THIMBLE_DSP_MICRO_SPEECH_H

#include "core/base.h"

typedef struct {
  int32_t frames, length, stride, fft;
  int32_t channels;
  int32_t first_bin, end_bin;                          /* of the spectrum that the bands read */
  int32_t even_smoothing, odd_smoothing, least_signal; /* in 2^-14 */
  int32_t int8;                                        /* features as the int8 models take them, else as floats from 0 to 26 */
} thimble_micro_speech_shape;

#define THIMBLE_MICRO_SMOOTHING_BITS 10
#define THIMBLE_MICRO_GAIN_BITS 21

/* Bits up to the highest one. */
THIMBLE_INLINE int32_t thimble_micro_bits(uint64_t x) {
  int32_t bits = 0;
  for (; x; x >>= 1) ++bits;
  return bits;
}

THIMBLE_INLINE int16_t thimble_micro_round(int32_t product) { return (int16_t)((product + 16384) >> 15); }
/* A share of x, so that sums of as many do not overflow. */
THIMBLE_INLINE int16_t thimble_micro_part(int16_t x, int32_t parts) { return thimble_micro_round((int32_t)x * (32767 / parts)); }

typedef struct {
  int16_t re, im;
} thimble_micro_complex;

THIMBLE_INLINE thimble_micro_complex thimble_micro_times(thimble_micro_complex a, const int16_t* w) {
  const int32_t re = thimble_const_s16(w, 0), im = thimble_const_s16(w, 1);
  thimble_micro_complex p;
  p.re = thimble_micro_round(a.re * re - a.im * im);
  p.im = thimble_micro_round(a.re * im + a.im * re);
  return p;
}
THIMBLE_INLINE thimble_micro_complex thimble_micro_share(thimble_micro_complex a, int32_t parts) {
  a.re = thimble_micro_part(a.re, parts);
  a.im = thimble_micro_part(a.im, parts);
  return a;
}
THIMBLE_INLINE thimble_micro_complex thimble_micro_add(thimble_micro_complex a, int32_t re, int32_t im) {
  a.re = (int16_t)(a.re + re);
  a.im = (int16_t)(a.im + im);
  return a;
}

/* A pass over blocks of 4 m numbers; w holds exp(-2 pi i k / count). */
THIMBLE_INLINE void thimble_micro_fours(thimble_micro_complex* x, int32_t count, int32_t m, const int16_t* w) {
  const int32_t step = count / (4 * m);
  for (thimble_micro_complex *block = x, *end = x + count; block != end; block += 4 * m)
    for (int32_t k = 0; k < m; ++k) {
      thimble_micro_complex* const p = block + k;
      const thimble_micro_complex a = thimble_micro_share(p[0], 4), b = thimble_micro_times(thimble_micro_share(p[m], 4), w + 2 * k * step),
                                  c = thimble_micro_times(thimble_micro_share(p[2 * m], 4), w + 4 * k * step),
                                  d = thimble_micro_times(thimble_micro_share(p[3 * m], 4), w + 6 * k * step);
      const thimble_micro_complex sum = thimble_micro_add(a, c.re, c.im), rest = thimble_micro_add(a, -c.re, -c.im),
                                  odd = thimble_micro_add(b, d.re, d.im), turn = thimble_micro_add(b, -d.re, -d.im);
      p[0] = thimble_micro_add(sum, odd.re, odd.im);
      p[m] = thimble_micro_add(rest, turn.im, -turn.re);
      p[2 * m] = thimble_micro_add(sum, -odd.re, -odd.im);
      p[3 * m] = thimble_micro_add(rest, -turn.im, turn.re);
    }
}

/* The first pass where the count is no power of four: all factors are 1, but multiplied as such. */
THIMBLE_INLINE void thimble_micro_pairs(thimble_micro_complex* x, int32_t count, const int16_t* w) {
  for (int32_t i = 0; i < count; i += 2) {
    const thimble_micro_complex a = thimble_micro_share(x[i], 2), b = thimble_micro_times(thimble_micro_share(x[i + 1], 2), w);
    x[i] = thimble_micro_add(a, b.re, b.im);
    x[i + 1] = thimble_micro_add(a, -b.re, -b.im);
  }
}

/* in: fft numbers as fft/2 complex ones, spoilt; x: fft/2. out: fft/2 + 1. w: the factors of fft/2; split: those of the last step. */
THIMBLE_INLINE void thimble_micro_fft(const thimble_micro_complex* in, thimble_micro_complex* x, thimble_micro_complex* out, int32_t count,
                                      const int16_t* w, const int16_t* split) {
  int32_t m = 1;
  for (int32_t i = 0; i < count; ++i) {
    int32_t place = 0, rest = i;
    for (int32_t block = count; block > 1;) {
      const int32_t radix = block % 4 == 0 ? 4 : 2;
      block /= radix;
      place += rest % radix * block;
      rest /= radix;
    }
    x[place] = in[i];
  }
  if (thimble_micro_bits((uint64_t)count) % 2 == 0) {
    thimble_micro_pairs(x, count, w);
    m = 2;
  }
  for (; m < count; m *= 4) thimble_micro_fours(x, count, m, w);
  {
    const thimble_micro_complex dc = thimble_micro_share(x[0], 2);
    out[0].re = (int16_t)(dc.re + dc.im);
    out[count].re = (int16_t)(dc.re - dc.im);
    out[0].im = out[count].im = 0;
  }
  for (int32_t k = 1; k <= count / 2; ++k) {
    thimble_micro_complex mirrored = x[count - k], sum, difference, turned;
    const thimble_micro_complex low = thimble_micro_share(x[k], 2);
    mirrored.im = (int16_t)-mirrored.im;
    mirrored = thimble_micro_share(mirrored, 2);
    sum = thimble_micro_add(low, mirrored.re, mirrored.im);
    difference = thimble_micro_add(low, -mirrored.re, -mirrored.im);
    turned = thimble_micro_times(difference, split + 2 * (k - 1));
    out[k].re = (int16_t)((sum.re + turned.re) >> 1);
    out[k].im = (int16_t)((sum.im + turned.im) >> 1);
    out[count - k].re = (int16_t)((sum.re - turned.re) >> 1);
    out[count - k].im = (int16_t)((turned.im - sum.im) >> 1);
  }
}

/* The root of x, rounded, digit by digit; of numbers below 2^32 it stays below 2^16. */
THIMBLE_INLINE uint32_t thimble_micro_root(uint64_t x) {
  const uint64_t most = x >> 32 ? 0xffffffffu : 0xffffu;
  uint64_t root = 0, bit = 1;
  while (bit <= x / 4) bit *= 4;
  if (x == 0) return 0;
  for (; bit; bit /= 4) {
    if (x >= root + bit) {
      x -= root + bit;
      root = root / 2 + bit;
    } else {
      root /= 2;
    }
  }
  return (uint32_t)(x > root && root != most ? root + 1 : root);
}

/* A function of x that is given by a parabola between powers of two. */
THIMBLE_INLINE uint32_t thimble_micro_gain(uint32_t x, const int16_t* table) {
  const int32_t interval = thimble_micro_bits(x);
  int32_t part, y;
  if (x <= 2) return (uint32_t)(int32_t)thimble_const_s16(table, (int32_t)x);
  table += 4 * interval - 6;
  part = (int32_t)((interval < 11 ? x << (11 - interval) : x >> (interval - 11)) & 0x3ff);
  y = (thimble_const_s16(table, 2) * part) >> 5;
  y = (y + thimble_const_s16(table, 1) * 32) * part;
  return (uint32_t)(int32_t)(int16_t)(((y + 16384) >> 15) + thimble_const_s16(table, 0));
}

/* 64 times the natural logarithm. */
THIMBLE_INLINE uint32_t thimble_micro_log(uint32_t x, const int16_t* table) {
  const int32_t whole = thimble_micro_bits(x) - 1;
  const int32_t part = (int32_t)(whole < 16 ? (x - ((uint32_t)1 << whole)) << (16 - whole) : (x - ((uint32_t)1 << whole)) >> (whole - 16));
  const int32_t segment = part >> 9, c0 = thimble_const_s16(table, segment), c1 = thimble_const_s16(table, segment + 1);
  const uint32_t fraction = (uint32_t)(part + c0 + (((c1 - c0) * (part - (segment << 9))) >> 16));
  const uint32_t natural = (uint32_t)((45426u * (uint64_t)(((uint32_t)whole << 16) + fraction) + 32768u) >> 16);
  return ((natural << 6) + 32768u) >> 16;
}

/* Less the estimate of the noise in this channel, which follows the signal slowly. */
THIMBLE_INLINE uint32_t thimble_micro_denoise(uint32_t signal, uint32_t* noise, uint32_t smoothing, uint32_t least) {
  const uint32_t scaled = signal << THIMBLE_MICRO_SMOOTHING_BITS;
  uint32_t estimate = (uint32_t)(((uint64_t)scaled * smoothing + (uint64_t)*noise * (16384u - smoothing)) >> 14), floor, rest;
  *noise = estimate;
  if (estimate > scaled) estimate = scaled;
  floor = (uint32_t)(((uint64_t)signal * least) >> 14);
  rest = (scaled - estimate) >> THIMBLE_MICRO_SMOOTHING_BITS;
  return rest > floor ? rest : floor;
}

typedef struct {
  const int16_t *window, *factors, *split; /* of the frame and its transform */
  const int16_t *bands, *weights;          /* the first bin of each band and one past the last; a rising weight for each bin, in 2^-12 */
  const int16_t *gain, *log;
} thimble_micro_tables;

/* One frame's root energies in the bands, in `roots`. work: 6 fft + 4 bytes. */
THIMBLE_INLINE void thimble_micro_bands(const float* in, uint32_t* roots, void* work, const thimble_micro_tables* t,
                                        const thimble_micro_speech_shape* s) {
  int16_t* const samples = (int16_t*)work;
  thimble_micro_complex *const x = (thimble_micro_complex*)work + s->fft / 2, *const spectrum = x + s->fft / 2;
  uint64_t rising = 0, falling = 0;
  int32_t largest = 0, shift;
  for (int32_t i = 0; i < s->length; ++i) {
    const int32_t sample = (int32_t)thimble_clampf(in[i], -32768.0f, 32767.0f);
    samples[i] = (int16_t)((sample * thimble_const_s16(t->window, i)) >> 12);
    if (samples[i] > largest) largest = samples[i];
    if (samples[i] < 0 && samples[i] != -32768 && -samples[i] > largest) largest = -samples[i];
  }
  shift = 15 - thimble_micro_bits((uint64_t)largest);
  for (int32_t i = 0; i < s->fft; ++i) samples[i] = i < s->length ? (int16_t)(uint16_t)((uint32_t)(uint16_t)samples[i] << shift) : 0;
  thimble_micro_fft((const thimble_micro_complex*)work, x, spectrum, s->fft / 2, t->factors, t->split);
  for (int32_t c = 0; c <= s->channels; ++c) {
    for (int32_t k = thimble_const_s16(t->bands, c); k < thimble_const_s16(t->bands, c + 1); ++k) {
      const uint64_t energy = (uint64_t)(int64_t)((int32_t)spectrum[k].re * spectrum[k].re + (int32_t)spectrum[k].im * spectrum[k].im);
      rising += energy * (uint64_t)thimble_const_s16(t->weights, 2 * (k - s->first_bin));
      falling += energy * (uint64_t)thimble_const_s16(t->weights, 2 * (k - s->first_bin) + 1);
    }
    if (c > 0) roots[c - 1] = thimble_micro_root(rising) >> shift;
    rising = falling;
    falling = 0;
  }
}

/* in: samples in the range of int16. scratch: 8 channels + 6 fft + 4 bytes. */
THIMBLE_KERNEL void thimble_micro_speech(const float* in, void* out, const int16_t* window, const int16_t* factors, const int16_t* split,
                                         const int16_t* bands, const int16_t* weights, const int16_t* gain, const int16_t* log,
                                         void* scratch, const thimble_micro_speech_shape* s) {
  const thimble_micro_tables t = {window, factors, split, bands, weights, gain, log};
  const int32_t correction = thimble_micro_bits((uint64_t)s->fft) - 7;
  uint32_t *const noise = (uint32_t*)scratch, *const signal = noise + s->channels;
  for (int32_t c = 0; c < s->channels; ++c) noise[c] = 0;
  for (int32_t i = 0; i < s->frames; ++i) {
    thimble_micro_bands(in + i * s->stride, signal, signal + s->channels, &t, s);
    for (int32_t c = 0; c < s->channels; ++c) {
      uint32_t v =
          thimble_micro_denoise(signal[c], &noise[c], (uint32_t)(c & 1 ? s->odd_smoothing : s->even_smoothing), (uint32_t)s->least_signal);
      v = (uint32_t)(((uint64_t)v * thimble_micro_gain(noise[c], gain)) >> (THIMBLE_MICRO_GAIN_BITS - correction - 12));
      v = v < 8192u ? (v * v) >> 20 : (v >> 6) - 64u;
      v <<= correction;
      v = v > 1 ? thimble_micro_log(v, log) : 0;
      if (v > 0xffff) v = 0xffff;
      if (s->int8)
        ((int8_t*)out)[i * s->channels + c] = (int8_t)thimble_clamp((int32_t)((v * 256 + 333) / 666) - 128, -128, 127);
      else
        ((float*)out)[i * s->channels + c] = (float)(int32_t)v * 0.0390625f;
    }
  }
}

#endif

/* int8 depthwise 3x3 convolution, stride 1 or 2, for the ARM DSP extension.
 *
 * Four channels at a time are widened from NHWC to 16-bit planes in scratch, padding included; then each channel runs over its plane, four
 * outputs a step, with weights shifted up beforehand so that the sums come out as requantisation wants them. A plane holds a strip of rows:
 * what the next strip needs again is moved up, not read again, so the output may be the input's own memory.
 *
 * "Fast" is the axis along which outputs are made four at a time, "slow" the other one: rows or columns, whichever wastes less.
 *
 * The stream of one channel, in `words` words: three bytes of weights for each of the three slow taps, each followed by one that is up in
 * the first word; bias << up; what requantises. A channel begins by raising its weights to 16 bits: {k0 k1}, {k1 k2} per slow tap at stride
 * 1 or {k0 k1}, {k2 -} at stride 2. */
#ifndef THIMBLE_DWCONV2D_DSP_H
#define THIMBLE_DWCONV2D_DSP_H

#include "core/dsp.h"

/* The loop over one plane. pitch = bytes of a plane's row; fast = outputs along the fast axis; step_fast, step_slow = bytes from one
 * output to the next along each axis; the others as in thimble_requantize_dsp. */
#define THIMBLE_DWCONV2D_3X3_MACROS_DSP                                                                                                    \
  ".syntax unified\n"                                                                                                                      \
  ".macro thimble_add_dsp to, bytes\n"                                                                                                     \
  "  .if \\bytes < 4096\n  addw \\to, \\to, #\\bytes\n"                                                                                    \
  "  .else\n  movw r7, #(\\bytes & 0xffff)\n  movt r7, #(\\bytes >> 16)\n  add \\to, r7\n  .endif\n"                                       \
  ".endm\n" /* the weights of one slow tap, four bytes to four halves, raised by r12 */                                                    \
  ".macro thimble_dw3_weights_dsp n, stride\n"                                                                                             \
  "  ldr r4, [r1, #(4 * \\n)]\n"                                                                                                           \
  "  sxtb16 r5, r4\n  sxtb16 r6, r4, ror #8\n  asr r7, r5, #16\n"                                                                          \
  "  lsl r5, r12\n  lsl r6, r12\n  lsl r7, r12\n"                                                                                          \
  "  pkhbt r8, r5, r6, lsl #16\n"                                                                                                          \
  "  .if \\stride == 1\n  pkhbt r7, r6, r7, lsl #16\n  .endif\n"                                                                           \
  "  strd r8, r7, [sp, #(8 * \\n + 8)]\n"                                                                                                  \
  ".endm\n"                                                                                                                                \
  ".macro thimble_dw3_tap_dsp op, to, x, n\n"                                                                                              \
  "  .if \\n == 0\n  \\op \\to, \\x, r10, r12\n  .else\n  \\op \\to, \\x, r10, \\to\n  .endif\n"                                           \
  ".endm\n" /* one slow tap: `count` outputs; the first tap starts from the bias in r12 */                                                 \
  ".macro thimble_dw3_row_dsp n, count, pitch, stride\n"                                                                                   \
  "  ldrd r10, r11, [sp, #(8 * \\n + 8)]\n"                                                                                                \
  "  ldrd r7, r8, [r0, #(\\pitch * \\n)]\n"                                                                                                \
  "  .if \\stride == 1\n"                                                                                                                  \
  "    .if \\count > 2\n    ldr r9, [r0, #(\\pitch * \\n + 8)]\n    .endif\n"                                                              \
  "    thimble_dw3_tap_dsp smlad, r3, r7, \\n\n    smlabt r3, r8, r11, r3\n"                                                               \
  "    .if \\count > 1\n    thimble_dw3_tap_dsp smlatb, r4, r7, \\n\n    smlad r4, r8, r11, r4\n    .endif\n"                              \
  "    .if \\count > 2\n    thimble_dw3_tap_dsp smlad, r5, r8, \\n\n    smlabt r5, r9, r11, r5\n    .endif\n"                              \
  "    .if \\count > 3\n    thimble_dw3_tap_dsp smlatb, r6, r8, \\n\n    smlad r6, r9, r11, r6\n    .endif\n"                              \
  "  .else\n"                                                                                                                              \
  "    thimble_dw3_tap_dsp smlad, r3, r7, \\n\n    smlabb r3, r8, r11, r3\n"                                                               \
  "    .if \\count > 1\n    thimble_dw3_tap_dsp smlad, r4, r8, \\n\n"                                                                      \
  "      .if \\count > 2\n      ldrd r7, r9, [r0, #(\\pitch * \\n + 8)]\n      .else\n      ldr r7, [r0, #(\\pitch * \\n + 8)]\n      "    \
  ".endif\n"                                                                                                                               \
  "      smlabb r4, r7, r11, r4\n    .endif\n"                                                                                             \
  "    .if \\count > 2\n    thimble_dw3_tap_dsp smlad, r5, r7, \\n\n    smlabb r5, r9, r11, r5\n    .endif\n"                              \
  "    .if \\count > 3\n    thimble_dw3_tap_dsp smlad, r6, r9, \\n\n    ldr r7, [r0, #(\\pitch * \\n + 16)]\n    smlabb r6, r7, r11, r6\n" \
  "    .endif\n"                                                                                                                           \
  "  .endif\n"                                                                                                                             \
  ".endm\n"                                                                                                                                \
  ".macro thimble_dw3_finish_dsp acc, offset, up, shift, exact, low, high\n"                                                               \
  "  thimble_requantize_dsp \\acc, r10, r7, r8, r9, \\up, \\shift, \\exact, \\low, \\high\n"                                               \
  "  strb \\acc, [r2, #\\offset]\n"                                                                                                        \
  ".endm\n"                                                                                                                                \
  ".macro thimble_dw3_outputs_dsp count, pitch, stride, step_fast, up, shift, exact, low, high\n"                                          \
  "  thimble_dw3_row_dsp 0, \\count, \\pitch, \\stride\n"                                                                                  \
  "  thimble_dw3_row_dsp 1, \\count, \\pitch, \\stride\n"                                                                                  \
  "  thimble_dw3_row_dsp 2, \\count, \\pitch, \\stride\n"                                                                                  \
  "  ldrd r7, r8, [r1, #16]\n"                                                                                                             \
  "  .if \\exact || \\shift < 0\n  ldr r9, [r1, #24]\n  .endif\n"                                                                          \
  "  thimble_dw3_finish_dsp r3, 0, \\up, \\shift, \\exact, \\low, \\high\n"                                                                \
  "  .if \\count > 1\n  thimble_dw3_finish_dsp r4, \\step_fast, \\up, \\shift, \\exact, \\low, \\high\n  .endif\n"                         \
  "  .if \\count > 2\n  thimble_dw3_finish_dsp r5, (2 * \\step_fast), \\up, \\shift, \\exact, \\low, \\high\n  .endif\n"                   \
  "  .if \\count > 3\n  thimble_dw3_finish_dsp r6, (3 * \\step_fast), \\up, \\shift, \\exact, \\low, \\high\n  .endif\n"                   \
  ".endm\n"                                                                                                                                \
  ".macro thimble_dwconv2d_3x3_dsp pitch, fast, stride, step_fast, step_slow, up, shift, exact, low, high\n"                               \
  "  push {r4-r11, lr}\n"                                                                                                                  \
  "  sub sp, #36\n"                                                                                                                        \
  "  strd r2, r3, [sp]\n"                                                                                                                  \
  "  ldrb r12, [r1, #3]\n"                                                                                                                 \
  "  thimble_dw3_weights_dsp 0, \\stride\n  thimble_dw3_weights_dsp 1, \\stride\n  thimble_dw3_weights_dsp 2, \\stride\n"                  \
  "  ldr r12, [r1, #12]\n"                                                                                                                 \
  "1:\n"                                                                                                                                   \
  "  ldr r2, [sp]\n"                                                                                                                       \
  "  .if \\fast >= 4\n"                                                                                                                    \
  "    .if \\fast >= 8\n    add lr, r0, #(8 * \\stride * (\\fast / 4))\n    .endif\n"                                                      \
  "2:\n"                                                                                                                                   \
  "    thimble_dw3_outputs_dsp 4, \\pitch, \\stride, \\step_fast, \\up, \\shift, \\exact, \\low, \\high\n"                                 \
  "    adds r0, #(8 * \\stride)\n"                                                                                                         \
  "    thimble_add_dsp r2, (4 * \\step_fast)\n"                                                                                            \
  "    .if \\fast >= 8\n    cmp r0, lr\n    bne 2b\n    .endif\n"                                                                          \
  "  .endif\n"                                                                                                                             \
  "  .if \\fast % 4\n"                                                                                                                     \
  "  thimble_dw3_outputs_dsp (\\fast % 4), \\pitch, \\stride, \\step_fast, \\up, \\shift, \\exact, \\low, \\high\n"                        \
  "  .endif\n"                                                                                                                             \
  "  .if \\pitch * \\stride >= 8 * \\stride * (\\fast / 4)\n"                                                                              \
  "  add r0, r0, #(\\pitch * \\stride - 8 * \\stride * (\\fast / 4))\n"                                                                    \
  "  .else\n"                                                                                                                              \
  "  sub r0, r0, #(8 * \\stride * (\\fast / 4) - \\pitch * \\stride)\n"                                                                    \
  "  .endif\n"                                                                                                                             \
  "  ldrd r2, r3, [sp]\n"                                                                                                                  \
  "  thimble_add_dsp r2, \\step_slow\n"                                                                                                    \
  "  subs r3, #1\n"                                                                                                                        \
  "  strd r2, r3, [sp]\n"                                                                                                                  \
  "  bne 1b\n"                                                                                                                             \
  "  add sp, #36\n"                                                                                                                        \
  "  pop {r4-r11, pc}\n"                                                                                                                   \
  ".endm\n"
#define THIMBLE_DWCONV2D_3X3_END_DSP                                                                                             \
  ".purgem thimble_add_dsp\n.purgem thimble_dw3_weights_dsp\n.purgem thimble_dw3_tap_dsp\n.purgem thimble_dw3_row_dsp\n.purgem " \
  "thimble_dw3_finish_dsp\n.purgem thimble_dw3_outputs_dsp\n.purgem thimble_dwconv2d_3x3_dsp\n"

#define THIMBLE_DWCONV2D_3X3_DSP(name, pitch, fast, stride, step_fast, step_slow, up, shift, exact, low, high)                      \
  THIMBLE_ASM_DSP(name, THIMBLE_REQUANTIZE_DSP THIMBLE_DWCONV2D_3X3_MACROS_DSP                                                      \
                  "  thimble_dwconv2d_3x3_dsp " #pitch ", " #fast ", " #stride ", " #step_fast ", " #step_slow ", " #up ", " #shift \
                  ", " #exact ", " #low ", " #high "\n" THIMBLE_REQUANTIZE_END_DSP THIMBLE_DWCONV2D_3X3_END_DSP)

typedef void (*thimble_dwconv2d_channel_dsp)(const int16_t* plane, const int32_t* stream, int8_t* out, int32_t slow);

/* Sizes along the fast and slow axes; in_fast_step ... are bytes from one pixel to the next. `pitch` counts 16-bit elements of a plane's
 * row, `strip` the slow outputs made before the plane moves on. */
typedef struct {
  int32_t in_slow, out_slow, in_slow_step, out_slow_step;
  uint16_t in_fast, channels, in_fast_step, stride, pad_fast, pad_slow, pitch, strip, words;
  int16_t in_zero;
} thimble_dwconv2d_s8_dsp_shape;

/* What the loop in C is told beside: outputs along the fast axis, bytes from one to the next, and how all channels are requantised. */
typedef struct {
  thimble_dwconv2d_s8_dsp_shape at;
  uint16_t fast, fast_step;
  int8_t shift, exact, low, high;
} thimble_dwconv2d_s8_shared_dsp_shape;

/* Two neighbouring outputs' sums. */
typedef struct {
  int32_t a, b;
} thimble_dw3_sums_dsp;

/* Three taps of each. */
THIMBLE_INLINE thimble_dw3_sums_dsp thimble_dw3_pair_dsp(thimble_dw3_sums_dsp s, const uint32_t* x, uint32_t first, uint32_t second,
                                                         int stride) {
  if (stride == 1) {
    s.a = thimble_smlabt(x[1], second, thimble_smlad(x[0], first, s.a));
    s.b = thimble_smlad(x[1], second, thimble_smlatb(x[0], first, s.b));
  } else {
    s.a = thimble_smlabb(x[1], second, thimble_smlad(x[0], first, s.a));
    s.b = thimble_smlabb(x[2], second, thimble_smlad(x[1], first, s.b));
  }
  return s;
}

/* The loop over one plane, two outputs at a time. */
THIMBLE_INLINE void thimble_dw3_any_dsp(const uint32_t* plane, const int32_t* stream, int8_t* out, int32_t slow,
                                        const thimble_dwconv2d_s8_shared_dsp_shape* s) {
  const int32_t up = (int32_t)((uint32_t)stream[0] >> 24), row = s->at.pitch / 2, shift = s->shift < 0 ? stream[6] : s->shift;
  const int32_t negative = !s->exact ? 0 : s->shift < 0 ? -(1 << (up - 1)) : stream[6], stride = s->at.stride;
  uint32_t first[3], second[3];
  for (int32_t n = 0; n < 3; ++n) {
    const uint32_t even = thimble_even_bytes((uint32_t)stream[n]), k1 = thimble_odd_bytes((uint32_t)stream[n]) << up;
    const uint32_t k2 = (even >> 16) << up;
    first[n] = thimble_low_halves(even << up, k1);
    second[n] = stride == 1 ? thimble_low_halves(k1, k2) : k2;
  }
  for (; slow > 0; --slow, plane += row * stride, out += s->at.out_slow_step) {
    const uint32_t* x = plane;
    int8_t* to = out;
    for (int32_t left = s->fast; left > 0; left -= 2, x += stride) {
      thimble_dw3_sums_dsp sums = {stream[3], stream[3]};
      if (stride == 1) {
        sums = thimble_dw3_pair_dsp(sums, x, first[0], second[0], 1);
        sums = thimble_dw3_pair_dsp(sums, x + row, first[1], second[1], 1);
        sums = thimble_dw3_pair_dsp(sums, x + 2 * row, first[2], second[2], 1);
      } else {
        sums = thimble_dw3_pair_dsp(sums, x, first[0], second[0], 2);
        sums = thimble_dw3_pair_dsp(sums, x + row, first[1], second[1], 2);
        sums = thimble_dw3_pair_dsp(sums, x + 2 * row, first[2], second[2], 2);
      }
      for (int32_t k = 0; k < 2 && k < left; ++k, sums.a = sums.b, to += s->fast_step) {
        const int32_t high = thimble_smmla((uint32_t)sums.a, (uint32_t)stream[4], stream[5]) + (negative & (sums.a >> 31));
        *to = (int8_t)thimble_clamp(high >> shift, s->low, s->high);
      }
    }
  }
}

/* Four neighbouring channels of a pixel, lowest first. The last group of a layer may miss some: they are read from behind. */
THIMBLE_INLINE uint32_t thimble_four_channels_dsp(const int8_t* p, int32_t missing) {
  return thimble_load_word(p - missing) >> (8 * missing);
}

/* Two pixels of four channels, to one word of each of the four planes. */
THIMBLE_INLINE void thimble_split_channels_dsp(uint32_t* to, int32_t plane_words, uint32_t a, uint32_t b) {
  const uint32_t low = thimble_low_halves(a, b), high = thimble_high_halves(a, b);
  to[0] = thimble_even_bytes(low);
  to[plane_words] = thimble_odd_bytes(low);
  to[2 * plane_words] = thimble_even_bytes(high);
  to[3 * plane_words] = thimble_odd_bytes(high);
}

/* Widens one row of pixels into the four planes; `to` is the row in the first plane. What it does not write is padding already. */
THIMBLE_INLINE void thimble_widen_planes_dsp(uint32_t* to, int32_t plane_words, const int8_t* from, int32_t missing,
                                             const thimble_dwconv2d_s8_dsp_shape* s) {
  const uint32_t zero = (uint32_t)(s->in_zero & 0xff) * 0x01010101u;
  int32_t left = s->in_fast;
  to += s->pad_fast / 2;
  if (s->pad_fast % 2) {
    thimble_split_channels_dsp(to++, plane_words, zero, thimble_four_channels_dsp(from, missing));
    from += s->in_fast_step;
    --left;
  }
  for (; left >= 2; left -= 2, from += 2 * s->in_fast_step)
    thimble_split_channels_dsp(to++, plane_words, thimble_four_channels_dsp(from, missing),
                               thimble_four_channels_dsp(from + s->in_fast_step, missing));
  if (left) thimble_split_channels_dsp(to, plane_words, thimble_four_channels_dsp(from, missing), zero);
}

THIMBLE_INLINE void thimble_fill_words(uint32_t* to, int32_t count, uint32_t word) {
  for (int32_t i = 0; i < count; ++i) to[i] = word;
}

/* One group of four channels, `missing` of which do not exist; `any`: the loop is that in C. */
THIMBLE_INLINE void thimble_dwconv2d_group_dsp(const int8_t* in, int8_t* out, const int32_t* stream, uint32_t* planes,
                                               thimble_asm_dsp channel, int32_t missing, const thimble_dwconv2d_s8_dsp_shape* s,
                                               const thimble_dwconv2d_s8_shared_dsp_shape* any) {
  const uint32_t zero = (uint32_t)(s->in_zero & 0xffff) * 0x10001u;
  const int32_t row_words = s->pitch / 2, rows = (s->strip - 1) * s->stride + 3, plane_words = rows * row_words, keep = 3 - s->stride;
  int32_t have = 0; /* rows of the padded input that have been widened */
  for (int32_t done = 0; done < s->out_slow; done += s->strip) {
    const int32_t make = s->out_slow - done < s->strip ? s->out_slow - done : s->strip, base = done * s->stride;
    if (done > 0)
      for (int32_t k = 0; k < 4; ++k)
        for (int32_t r = 0; r < keep; ++r)
          memcpy(planes + k * plane_words + r * row_words, planes + k * plane_words + (rows - keep + r) * row_words,
                 (size_t)(4 * row_words));
    for (; have < base + (make - 1) * s->stride + 3; ++have) {
      uint32_t* const row = planes + (have - base) * row_words;
      const int32_t i = have - s->pad_slow;
      if (i >= 0 && i < s->in_slow)
        thimble_widen_planes_dsp(row, plane_words, in + i * s->in_slow_step, missing, s);
      else
        for (int32_t k = 0; k < 4; ++k) thimble_fill_words(row + k * plane_words, row_words, zero);
    }
    for (int32_t k = 0; k < 4 - missing; ++k) {
      const int32_t* const words = stream + s->words * k;
      int8_t* const to = out + done * s->out_slow_step + k;
      if (any)
        thimble_dw3_any_dsp(planes + k * plane_words, words, to, make, any);
      else
        ((thimble_dwconv2d_channel_dsp)channel)((const int16_t*)(planes + k * plane_words), words, to, make);
    }
  }
}

/* scratch: four planes. */
THIMBLE_KERNEL void thimble_dwconv2d_s8_dsp(const int8_t* in, int8_t* out, const int32_t* stream, void* scratch, thimble_asm_dsp channel,
                                            const thimble_dwconv2d_s8_dsp_shape* s) {
  uint32_t* const planes = (uint32_t*)scratch;
  const int32_t rows = (s->strip - 1) * s->stride + 3;
  int32_t c = 0;
  thimble_fill_words(planes, 4 * rows * s->pitch / 2, (uint32_t)(s->in_zero & 0xffff) * 0x10001u);
  for (; c + 4 <= s->channels; c += 4) thimble_dwconv2d_group_dsp(in + c, out + c, stream + s->words * c, planes, channel, 0, s, NULL);
  if (s->channels % 4) thimble_dwconv2d_group_dsp(in + c, out + c, stream + s->words * c, planes, channel, 4 - s->channels % 4, s, NULL);
}

/* The same with the loop in C: a model has it once, whatever the shapes of its layers. */
THIMBLE_ONCE void thimble_dwconv2d_s8_shared_dsp(const int8_t* in, int8_t* out, const int32_t* stream, void* scratch,
                                                 const thimble_dwconv2d_s8_shared_dsp_shape* s) {
  uint32_t* const planes = (uint32_t*)scratch;
  const int32_t rows = (s->at.strip - 1) * s->at.stride + 3;
  thimble_fill_words(planes, 4 * rows * s->at.pitch / 2, (uint32_t)(s->at.in_zero & 0xffff) * 0x10001u);
  for (int32_t c = 0; c < s->at.channels; c += 4) {
    const int32_t missing = c + 4 > s->at.channels ? c + 4 - s->at.channels : 0;
    thimble_dwconv2d_group_dsp(in + c, out + c, stream + s->at.words * c, planes, NULL, missing, &s->at, s);
  }
}

#endif

/* int8 depthwise convolution for Helium, windows of up to 4x4.
 *
 * Sixteen channels at a time, four lines of the input are woven into a strip: for each position along the line and each channel one word of
 * four bytes. A patch of four by four values of a channel is then four words, gathered in one instruction, and VMLADAV makes an output of
 * it: one, or for windows of up to 3x3 with stride 1 four, by the same weights moved by a byte and by a word. So the sums have 32 bits and
 * a layer may have any number of channels. Lines run along rows or columns, whichever is cheaper.
 *
 * The stream of a channel: bias, mantissa, negated shift unless all channels share it, sixteen weights as they lie in a patch. */
#ifndef THIMBLE_DWCONV2D_HELIUM_H
#define THIMBLE_DWCONV2D_HELIUM_H

#include "core/helium.h"

/* The channels of a block. strip: the woven lines; last: predicate of the last strip's second line; offsets: of eight outputs. */
typedef void (*thimble_dwconv2d_block_helium)(const int8_t* strip, const int8_t* stream, int8_t* out, int32_t channels, int32_t strips,
                                              int32_t last, const int16_t* offsets);

/* Sums r0 r2 r4 r6 become even lanes of eight outputs, r8 r10 r12 lr odd ones; r1 stream, r3 bias, r5 mantissa, r9 shift or zero point, r7
 * output, r11 a loop; q1 to q4 weights, q5 where the patch lies. On the stack: where the channel's first patch lies, offsets, output,
 * channels left, strips, last, strips left. */
__asm__(
    ".macro thimble_add_literal_helium x, value\n"
    "  .if \\value >= 0 && \\value < 4096\n  addw \\x, \\x, #\\value\n"
    "  .elseif \\value < 0 && \\value > -4096\n  subw \\x, \\x, #(-(\\value))\n"
    "  .else\n  movw r0, #((\\value) & 0xffff)\n  movt r0, #(((\\value) >> 16) & 0xffff)\n  add \\x, \\x, r0\n  .endif\n"
    ".endm\n"
    /* eight outputs, two lines by four positions, or four of them; the second patch is gathered while the first is multiplied */
    ".macro thimble_squares_helium count\n"
    "  .if \\count > 2\n  vldrw.u32 q0, [q5, #128]\n  .else\n  vldrw.u32 q0, [q5, #128]!\n  .endif\n"
    "  vmladav.s8 r0, q1, q0\n"
    "  .if \\count > 2\n  vldrw.u32 q6, [q5, #256]!\n  .endif\n"
    "  vmladav.s8 r8, q2, q0\n"
    "  vmladav.s8 r2, q3, q0\n"
    "  vmladav.s8 r10, q4, q0\n"
    "  .if \\count > 2\n"
    "  vmladav.s8 r4, q1, q6\n"
    "  vmladav.s8 r12, q2, q6\n"
    "  vmladav.s8 r6, q3, q6\n"
    "  vmladav.s8 lr, q4, q6\n"
    "  .endif\n"
    ".endm\n"
    /* one output each, up to three at a time, since a vector of addresses that was moved is late */
    ".macro thimble_gather_helium q\n"
    "  .if .Lthimble_at + 1 == .Lthimble_run\n  vldrw.u32 \\q, [q5, #(.Lthimble_move * .Lthimble_run)]!\n"
    "  .else\n  vldrw.u32 \\q, [q5, #(.Lthimble_move * (.Lthimble_at + 1))]\n  .endif\n"
    "  .set .Lthimble_at, .Lthimble_at + 1\n"
    ".endm\n"
    ".macro thimble_run_helium a, b, c\n"
    "  .set .Lthimble_at, 0\n"
    "  .set .Lthimble_run, .Lthimble_left\n"
    "  .if .Lthimble_run > 3\n  .set .Lthimble_run, 3\n  .endif\n"
    "  .set .Lthimble_left, .Lthimble_left - .Lthimble_run\n"
    "  .if .Lthimble_run > 0\n"
    "  thimble_gather_helium q0\n"
    "  .if .Lthimble_run > 1\n  thimble_gather_helium q2\n  .endif\n"
    "  vmladav.s8 \\a, q1, q0\n"
    "  .if .Lthimble_run > 2\n  thimble_gather_helium q3\n  .endif\n"
    "  .if .Lthimble_run > 1\n  vmladav.s8 \\b, q1, q2\n  .endif\n"
    "  .if .Lthimble_run > 2\n  vmladav.s8 \\c, q1, q3\n  .endif\n"
    "  .endif\n"
    ".endm\n"
    ".macro thimble_patches_helium count, stride\n"
    "  .set .Lthimble_left, \\count\n"
    "  .if \\stride < 3\n"
    "  thimble_run_helium r0, r8, r2\n"
    "  thimble_run_helium r10, r4, r12\n"
    "  thimble_run_helium r6, lr, lr\n"
    "  .else\n"
    "  .irp sum, r0, r8, r2, r10, r4, r12, r6, lr\n"
    "  .if .Lthimble_left > 0\n"
    "  vldrw.u32 q0, [q5, #.Lthimble_move]!\n"
    "  vmladav.s8 \\sum, q1, q0\n"
    "  .endif\n"
    "  .set .Lthimble_left, .Lthimble_left - 1\n"
    "  .endr\n"
    "  .endif\n"
    ".endm\n"
    /* `count` positions of four by two or of eight; mask: predicate, or -1: that of the strip, or 0: none. r7 is a step behind. */
    ".macro thimble_outputs_helium lines, count, stride, mask, step\n"
    "  .if \\lines == 2\n"
    "  thimble_squares_helium \\count\n"
    "  .else\n"
    "  thimble_patches_helium \\count, \\stride\n"
    "  .endif\n"
    "  vmov q6[2], q6[0], r0, r4\n"
    "  vmov q6[3], q6[1], r2, r6\n"
    "  vadd.i32 q6, q6, r3\n"
    "  vmov q7[2], q7[0], r8, r12\n"
    "  vqrdmulh.s32 q6, q6, r5\n"
    "  vmov q7[3], q7[1], r10, lr\n"
    "  .if .Lthimble_exact\n  thimble_ties_helium q6, q0\n  .endif\n"
    "  vadd.i32 q7, q7, r3\n"
    "  .if .Lthimble_shift < 0\n  vrshl.s32 q6, r9\n  .endif\n"
    "  vqrdmulh.s32 q7, q7, r5\n"
    "  .if .Lthimble_exact\n  thimble_ties_helium q7, q0\n  .endif\n"
    "  thimble_narrow_helium q0, b, q6\n"
    "  vldrw.u32 q6, [sp, #16]\n"
    "  .if .Lthimble_shift < 0\n  vrshl.s32 q7, r9\n  mov r0, #.Lthimble_zero\n  .endif\n"
    "  thimble_narrow_helium q0, t, q7\n"
    "  .if .Lthimble_shift < 0\n  vqadd.s16 q0, q0, r0\n  .else\n  vqadd.s16 q0, q0, r9\n  .endif\n"
    "  thimble_add_literal_helium r7, (8/\\lines*\\step)\n"
    "  vqmovnb.s16 q0, q0\n"
    "  thimble_clamp_helium q0, q7\n"
    "  .if \\mask > 0\n  vmrs r2, p0\n  movw r0, #\\mask\n  and r0, r0, r2\n  vmsr p0, r0\n  .endif\n"
    "  .if \\mask\n  vpst\n  vstrbt.16 q0, [r7, q6]\n  .else\n  vstrb.16 q0, [r7, q6]\n  .endif\n"
    ".endm\n"
    /* strip_bytes: from a strip to the next one; along: outputs along a line, `step` bytes apart; line: bytes to the next output line */
    ".macro thimble_strip_helium lines, stride, along, step, line, strip_bytes, odd\n"
    "  .set .Lthimble_whole, \\along / (8 / \\lines)\n"
    "  .set .Lthimble_part, \\along % (8 / \\lines)\n"
    "  .if \\odd || .Lthimble_part\n"
    "  ldr r0, [sp, #48]\n"
    "  cmp r0, #1\n"
    "  ite eq\n"
    "  ldreq r0, [sp, #44]\n"
    "  movwne r0, #0xffff\n"
    "  vmsr p0, r0\n"
    "  .endif\n"
    "  .set .Lthimble_unroll, 1\n"
    "  .if .Lthimble_whole < 4\n  .set .Lthimble_unroll, .Lthimble_whole\n"
    "  .elseif .Lthimble_whole % 3 == 0\n  .set .Lthimble_unroll, 3\n"
    "  .elseif .Lthimble_whole % 2 == 0\n  .set .Lthimble_unroll, 2\n  .endif\n"
    "  .if .Lthimble_whole\n"
    "  .set .Lthimble_loops, .Lthimble_whole / .Lthimble_unroll\n"
    "  .if .Lthimble_loops > 1\n  movw r11, #.Lthimble_loops\n  .endif\n"
    "3:\n"
    "  .rept .Lthimble_unroll\n"
    "  .if \\odd\n  thimble_outputs_helium \\lines, 8/\\lines, \\stride, -1, \\step\n"
    "  .else\n  thimble_outputs_helium \\lines, 8/\\lines, \\stride, 0, \\step\n  .endif\n"
    "  .endr\n"
    "  .if .Lthimble_loops > 1\n  subs r11, #1\n  bne 3b\n  .endif\n"
    "  .endif\n"
    "  .if .Lthimble_part\n"
    "  .set .Lthimble_mask, (1 << (2 * \\lines * .Lthimble_part)) - 1\n"
    "  thimble_outputs_helium \\lines, .Lthimble_part, \\stride, .Lthimble_mask, \\step\n"
    "  .endif\n"
    ".endm\n"
    ".macro thimble_dwconv2d_helium name, lines, stride, along, step, line, strip_bytes, odd\n"
    "  .section .text.\\name, \"ax\", %progbits\n"
    "  .thumb\n  .thumb_func\n  .type \\name, %function\n"
    "\\name:\n"
    "  push {r4-r11, lr}\n"
    "  vpush {d8-d15}\n"
    "  sub sp, #52\n"
    "  .if .Lthimble_shift >= 0\n  mov r9, #.Lthimble_zero\n  .endif\n"
    "  .set .Lthimble_move, 64 * \\stride * \\lines\n"
    "  ldrd r4, r5, [sp, #152]\n"
    "  ldr r6, [sp, #160]\n"
    "  strd r2, r3, [sp, #32]\n"
    "  strd r4, r5, [sp, #40]\n"
    "  vldrw.u32 q0, [r6]\n"
    "  vstrw.32 q0, [sp, #16]\n"
    "  mov r4, #0\n"
    "  vidup.u32 q0, r4, #1\n"
    "  sub r0, #.Lthimble_move\n"
    "  vshl.i32 q0, q0, #6\n"
    "  vadd.i32 q0, q0, r0\n"
    "  vstrw.32 q0, [sp]\n"
    "1:\n"
    "  .if .Lthimble_shift < 0\n  ldmia r1!, {r3, r5, r9}\n  .else\n  ldrd r3, r5, [r1], #8\n  .endif\n"
    "  vldrw.u32 q1, [r1], #16\n"
    "  vldrw.u32 q5, [sp]\n"
    "  mov r0, #4\n"
    "  vadd.i32 q0, q5, r0\n"
    "  ldr r7, [sp, #32]\n"
    "  vstrw.32 q0, [sp]\n"
    "  add r4, r7, #1\n"
    "  ldr r2, [sp, #40]\n"
    "  str r4, [sp, #32]\n"
    "  thimble_add_literal_helium r7, (-(8/\\lines)*\\step)\n"
    "  .if \\lines == 2\n"
    "  mov r0, #0\n"
    "  vmov q2, q1\n"
    "  vmov q3, q1\n"
    "  vshlc q2, r0, #8\n"
    "  vshlc q3, r0, #32\n"
    "  vmov q4, q3\n"
    "  vshlc q4, r0, #8\n"
    "  .endif\n"
    "2:\n"
    "  str r2, [sp, #48]\n"
    "  thimble_strip_helium \\lines, \\stride, \\along, \\step, \\line, \\strip_bytes, \\odd\n"
    "  ldr r2, [sp, #48]\n"
    "  .set .Lthimble_patches, .Lthimble_whole * 8 / (\\lines * \\lines)\n"
    "  .if \\lines == 2\n  .set .Lthimble_patches, .Lthimble_patches + (.Lthimble_part + 1) / 2\n"
    "  .else\n  .set .Lthimble_patches, .Lthimble_patches + .Lthimble_part\n  .endif\n"
    "  .set .Lthimble_groups, .Lthimble_whole\n"
    "  .if .Lthimble_part\n  .set .Lthimble_groups, .Lthimble_groups + 1\n  .endif\n"
    "  .set .Lthimble_back, \\strip_bytes - .Lthimble_patches * .Lthimble_move\n"
    "  movw r0, #(.Lthimble_back & 0xffff)\n"
    "  movt r0, #((.Lthimble_back >> 16) & 0xffff)\n"
    "  vadd.i32 q5, q5, r0\n"
    "  .set .Lthimble_next, \\lines * \\line - .Lthimble_groups * (8 / \\lines) * \\step\n"
    "  thimble_add_literal_helium r7, .Lthimble_next\n"
    "  subs r2, #1\n"
    "  bne 2b\n"
    "  ldr r2, [sp, #36]\n"
    "  subs r2, #1\n"
    "  str r2, [sp, #36]\n"
    "  bne 1b\n"
    "  add sp, #52\n"
    "  vpop {d8-d15}\n"
    "  pop {r4-r11, pc}\n"
    "  .size \\name, . - \\name\n"
    "  .previous\n"
    ".endm\n");

#define THIMBLE_DWCONV2D_HELIUM(name, lines, stride, along, step, line, strip_bytes, odd, shift, exact, zero, low, high)              \
  void name(const int8_t* strip, const int8_t* stream, int8_t* out, int32_t channels, int32_t strips, int32_t last,                   \
            const int16_t* offsets) __asm__(#name);                                                                                   \
  __asm__(THIMBLE_SCALING_HELIUM(shift, exact, zero, low, high) "thimble_dwconv2d_helium " #name ", " #lines ", " #stride ", " #along \
                                                                ", " #step ", " #line ", " #strip_bytes ", " #odd "\n");

/* "line" counts lines, "along" positions on one. lines: output lines of a strip, 1 or 2; batch: strips woven before they are computed. */
typedef struct {
  int32_t in_line, in_along, out_line, out_along, channels;
  int32_t in_line_step, in_along_step, out_line_step;
  int32_t taps, stride, pad_line, pad_along; /* taps: lines of the window */
  int32_t in_zero, lines, batch, strip_words, channel_bytes;
} thimble_dwconv2d_s8_helium_shape;

/* Where four lines begin, and the steps along them. */
typedef struct {
  const int8_t* from[4];
  int32_t step[4];
} thimble_four_lines_helium;

/* Weaves `count` positions of four lines, those of `lanes` channels. */
THIMBLE_INLINE void thimble_weave_helium(int8_t* to, const thimble_four_lines_helium* lines, int32_t lanes, int32_t count) {
  __asm volatile(
      "  vctp.8 %[lanes]\n"
      "  ldmia %[lines], {r4, r5, r6, r8, r9, r10, r11, r12}\n"
      "  dls lr, %[count]\n"
      "1:\n"
      "  vpstttt\n"
      "  vldrbt.u8 q0, [r4]\n  vldrbt.u8 q1, [r5]\n  vldrbt.u8 q2, [r6]\n  vldrbt.u8 q3, [r8]\n"
      "  add r4, r9\n  add r5, r10\n  add r6, r11\n  add r8, r12\n"
      "  vst40.8 {q0, q1, q2, q3}, [%[to]]\n  vst41.8 {q0, q1, q2, q3}, [%[to]]\n"
      "  vst42.8 {q0, q1, q2, q3}, [%[to]]\n  vst43.8 {q0, q1, q2, q3}, [%[to]]!\n"
      "  le lr, 1b\n"
      : [to] "+&r"(to)
      : [lines] "r"(lines), [lanes] "r"(lanes), [count] "r"(count)
      : "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "lr", "memory");
}

/* As above, but the first two lines are the last two of another strip, since they are overwritten where they came from. */
THIMBLE_INLINE void thimble_weave_on_helium(int8_t* to, const int8_t* before, const thimble_four_lines_helium* lines, int32_t lanes,
                                            int32_t count) {
  __asm volatile(
      "  vctp.8 %[lanes]\n"
      "  ldrd r4, r5, [%[lines], #8]\n"
      "  ldrd r6, r8, [%[lines], #24]\n"
      "  dls lr, %[count]\n"
      "1:\n"
      "  vld40.8 {q0, q1, q2, q3}, [%[before]]\n  vld41.8 {q0, q1, q2, q3}, [%[before]]\n"
      "  vld42.8 {q0, q1, q2, q3}, [%[before]]\n  vld43.8 {q0, q1, q2, q3}, [%[before]]!\n"
      "  vpstt\n"
      "  vldrbt.u8 q4, [r4]\n  vldrbt.u8 q5, [r5]\n"
      "  add r4, r6\n  add r5, r8\n"
      "  vst40.8 {q2, q3, q4, q5}, [%[to]]\n  vst41.8 {q2, q3, q4, q5}, [%[to]]\n"
      "  vst42.8 {q2, q3, q4, q5}, [%[to]]\n  vst43.8 {q2, q3, q4, q5}, [%[to]]!\n"
      "  le lr, 1b\n"
      : [to] "+&r"(to), [before] "+&r"(before)
      : [lines] "r"(lines), [lanes] "r"(lanes), [count] "r"(count)
      : "r4", "r5", "r6", "r8", "d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9", "d10", "d11", "lr", "memory");
}

/* Weaves strips [first, first + count) of the block of channels that begins at `in`; pad: sixteen times the zero point. */
THIMBLE_INLINE void thimble_weave_strips_helium(int8_t* strips, const int8_t* in, const int8_t* pad, int32_t first, int32_t count,
                                                int32_t lanes, const thimble_dwconv2d_s8_helium_shape* s) {
  const int32_t bytes = 4 * s->strip_words, room = bytes / 64 - s->pad_along, positions = s->in_along < room ? s->in_along : room;
  for (int32_t k = 0; k < count; ++k) {
    const int32_t line = (first + k) * s->lines * s->stride - s->pad_line;
    thimble_four_lines_helium lines;
    for (int32_t t = 0; t < 4; ++t) {
      const int inside = line + t >= 0 && line + t < s->in_line && (s->lines == 2 || t < s->taps);
      lines.from[t] = inside ? in + (line + t) * s->in_line_step : pad;
      lines.step[t] = inside ? s->in_along_step : 0;
    }
    int8_t* const to = strips + k * bytes + 64 * s->pad_along;
    if (s->lines == 2 && k == 0 && first > 0)
      thimble_weave_on_helium(to, strips + (s->batch - 1) * bytes + 64 * s->pad_along, &lines, lanes, positions);
    else
      thimble_weave_helium(to, &lines, lanes, positions);
  }
}

THIMBLE_INLINE void thimble_dwconv2d_batch_helium(const int8_t* in, int8_t* out, const int8_t* stream, int8_t* strips, const int8_t* pad,
                                                  int32_t first, int32_t c, thimble_dwconv2d_block_helium block, const int16_t* offsets,
                                                  const thimble_dwconv2d_s8_helium_shape* s) {
  const int32_t all = (s->out_line + s->lines - 1) / s->lines, count = all - first < s->batch ? all - first : s->batch;
  const int32_t lanes = s->channels - c < 16 ? s->channels - c : 16;
  const int32_t last = first + count == all && s->out_line % s->lines ? 0x3333 : 0xffff;
  thimble_weave_strips_helium(strips, in + c, pad, first, count, lanes, s);
  block(strips, stream + c * s->channel_bytes, out + first * s->lines * s->out_line_step + c, lanes, count, last, offsets);
}

/* scratch: sixteen bytes of padding and a batch of strips. Two lines at a time work in place: a block of channels is done before the next
 * one; one line at a time keeps to the order of the pixels. */
THIMBLE_KERNEL void thimble_dwconv2d_s8_helium(const int8_t* in, int8_t* out, const int8_t* stream, const int16_t* offsets, void* scratch,
                                               thimble_dwconv2d_block_helium block, const thimble_dwconv2d_s8_helium_shape* s) {
  int8_t *const pad = (int8_t*)scratch, *const strips = pad + 16;
  const int32_t bytes = 4 * s->strip_words, end = 64 * (s->pad_along + s->in_along);
  const int32_t all = (s->out_line + s->lines - 1) / s->lines;
  thimble_fill_helium(pad, s->in_zero, 16);
  for (int32_t k = 0; k < s->batch; ++k) {
    thimble_fill_helium(strips + k * bytes, s->in_zero, 64 * s->pad_along);
    if (end < bytes) thimble_fill_helium(strips + k * bytes + end, s->in_zero, bytes - end);
  }
  if (s->lines == 2) {
    for (int32_t c = 0; c < s->channels; c += 16)
      for (int32_t first = 0; first < all; first += s->batch)
        thimble_dwconv2d_batch_helium(in, out, stream, strips, pad, first, c, block, offsets, s);
  } else {
    for (int32_t first = 0; first < all; first += s->batch)
      for (int32_t c = 0; c < s->channels; c += 16)
        thimble_dwconv2d_batch_helium(in, out, stream, strips, pad, first, c, block, offsets, s);
  }
}

#endif

/* The instructions of the ARM DSP extension (Cortex-M4, M7, M33) that C has no words for. */
#ifndef THIMBLE_CORE_DSP_H
#define THIMBLE_CORE_DSP_H

#include "core/base.h"

#if !defined(__ARM_FEATURE_DSP)
#error "this model was compiled for a core with the ARM DSP extension (Cortex-M4, M7, M33); compile it anew with --board"
#endif

/* A function that is nothing but `text`, instructions for the assembler. The macros that the text needs are made and unmade by it, so that
 * several models can be compiled into one program. Its arguments are those of the type that it is cast to. Addresses relative to the
 * program counter need it aligned, which a compiler that saves flash does not do by itself. */
typedef void (*thimble_asm_dsp)(void);
#if defined(__GNUC__) && __GNUC__ >= 8 && !defined(__clang__)
#define THIMBLE_ASM_DSP(name, text) \
  static __attribute__((naked, noinline, noclone, noipa, unused, aligned(4))) void name(void) { __asm__ volatile(text); }
#else
#define THIMBLE_ASM_DSP(name, text) \
  static __attribute__((naked, noinline, unused, aligned(4))) void name(void) { __asm__ volatile(text); }
#endif

/* The value of a macro as text. */
#define THIMBLE_TEXT_(x) #x
#define THIMBLE_TEXT(x) THIMBLE_TEXT_(x)

/* A function that a model has once, however many layers call it. */
#define THIMBLE_ONCE static __attribute__((noinline, unused))

/* x << up becomes an int8 output: multiplied by m, h added to the high word, shifted down, saturated and clamped. `third` is, with a
 * literal shift, what a negative x adds (exact = 1: negative ties can be seen); with shift = -1 the shift itself. t is free. */
#define THIMBLE_REQUANTIZE_DSP                                                                                         \
  ".syntax unified\n"                                                                                                  \
  ".macro thimble_requantize_dsp x, t, m, h, third, up, shift, exact, low, high\n"                                     \
  "  .if \\exact && \\shift >= 0\n  and \\t, \\third, \\x, asr #31\n  smmla \\x, \\x, \\m, \\h\n  add \\x, \\x, \\t\n" \
  "  .elseif \\exact\n  asr \\t, \\x, #31\n  smmla \\x, \\x, \\m, \\h\n  add \\x, \\x, \\t, lsl #(\\up - 1)\n"         \
  "  .else\n  smmla \\x, \\x, \\m, \\h\n  .endif\n"                                                                    \
  "  .if \\shift > 0\n  ssat \\x, #8, \\x, asr #\\shift\n"                                                             \
  "  .elseif \\shift == 0\n  ssat \\x, #8, \\x\n"                                                                      \
  "  .else\n  asr \\x, \\x, \\third\n  ssat \\x, #8, \\x\n  .endif\n"                                                  \
  "  .if \\low > -128\n  cmp \\x, #\\low\n  it lt\n  movlt \\x, #\\low\n  .endif\n"                                    \
  "  .if \\high < 127\n  cmp \\x, #\\high\n  it gt\n  movgt \\x, #\\high\n  .endif\n"                                  \
  ".endm\n"
#define THIMBLE_REQUANTIZE_END_DSP ".purgem thimble_requantize_dsp\n"

/* Bytes 0 and 2 of a word, each widened to 16 bits; and bytes 1 and 3. */
THIMBLE_INLINE uint32_t thimble_even_bytes(uint32_t word) {
  uint32_t r;
  __asm("sxtb16 %0, %1" : "=r"(r) : "r"(word));
  return r;
}
THIMBLE_INLINE uint32_t thimble_odd_bytes(uint32_t word) {
  uint32_t r;
  __asm("sxtb16 %0, %1, ror #8" : "=r"(r) : "r"(word));
  return r;
}

/* The low halves of two words, the second's above the first's; and the high halves. */
THIMBLE_INLINE uint32_t thimble_low_halves(uint32_t a, uint32_t b) {
  uint32_t r;
  __asm("pkhbt %0, %1, %2, lsl #16" : "=r"(r) : "r"(a), "r"(b));
  return r;
}
THIMBLE_INLINE uint32_t thimble_high_halves(uint32_t a, uint32_t b) {
  uint32_t r;
  __asm("pkhtb %0, %1, %2, asr #16" : "=r"(r) : "r"(b), "r"(a));
  return r;
}

/* c + the products of both halves; of the bottom half of a and the top one of b; and so on; c + the high word of a * b. */
#define THIMBLE_MULTIPLY_DSP(instruction)                                           \
  THIMBLE_INLINE int32_t thimble_##instruction(uint32_t a, uint32_t b, int32_t c) { \
    int32_t r;                                                                      \
    __asm(#instruction " %0, %1, %2, %3" : "=r"(r) : "r"(a), "r"(b), "r"(c));       \
    return r;                                                                       \
  }
THIMBLE_MULTIPLY_DSP(smlad)
THIMBLE_MULTIPLY_DSP(smlabb)
THIMBLE_MULTIPLY_DSP(smlabt)
THIMBLE_MULTIPLY_DSP(smlatb)
THIMBLE_MULTIPLY_DSP(smlatt)
THIMBLE_MULTIPLY_DSP(smmla)

/* c + the products of both halves, in 64 bits. */
THIMBLE_INLINE int64_t thimble_smlald(uint32_t a, uint32_t b, int64_t c) {
  uint32_t low = (uint32_t)(uint64_t)c, high = (uint32_t)((uint64_t)c >> 32);
  __asm("smlald %0, %1, %2, %3" : "+r"(low), "+r"(high) : "r"(a), "r"(b));
  return (int64_t)((uint64_t)high << 32 | low);
}

/* Two halves side by side, whatever the type of the memory. */
typedef uint32_t __attribute__((may_alias)) thimble_halves;

/* A word from any address; these cores load it in one instruction. */
THIMBLE_INLINE uint32_t thimble_load_word(const void* p) {
  uint32_t word;
  memcpy(&word, p, sizeof word);
  return word;
}

#endif

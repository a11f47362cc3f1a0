/* The instructions of the ARM DSP extension (Cortex-M4, M7, M33) that C has no words for. */
#ifndef THIMBLE_CORE_DSP_H
#define THIMBLE_CORE_DSP_H

#include "core/base.h"

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

/* A word from any address; these cores load it in one instruction. */
THIMBLE_INLINE uint32_t thimble_load_word(const void* p) {
  uint32_t word;
  memcpy(&word, p, sizeof word);
  return word;
}

#endif

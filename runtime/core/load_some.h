/* Fewer bytes than a vector holds, without a look beyond them. */
#ifndef THIMBLE_CORE_LOAD_SOME_H
#define THIMBLE_CORE_LOAD_SOME_H

#include "core/base.h"

/* n bytes (1 to 8) as the low bytes of a word, with zeros above. */
THIMBLE_INLINE uint64_t thimble_load_few(const int8_t* from, int32_t n) {
  if (n == 8) {
    uint64_t word;
    memcpy(&word, from, sizeof word);
    return word;
  }
  if (n >= 4) { /* two words that overlap */
    uint32_t low, high;
    memcpy(&low, from, sizeof low);
    memcpy(&high, from + n - 4, sizeof high);
    return low | (uint64_t)high << (8 * (n - 4));
  }
  return (uint8_t)from[0] | (n > 1 ? (uint64_t)(uint8_t)from[1] << 8 : 0) | (n > 2 ? (uint64_t)(uint8_t)from[2] << 16 : 0);
}

/* n bytes (1 to 16) as two words. */
THIMBLE_INLINE void thimble_load_some(uint64_t* words, const int8_t* from, int32_t n) {
  words[0] = thimble_load_few(from, n < 8 ? n : 8);
  words[1] = n > 8 ? thimble_load_few(from + 8, n - 8) : 0;
}

#endif

/* memcpy and friends for boards without a C library: whole words where both sides are aligned alike. */
#include <stdint.h>

#include "common/freestanding/string.h"

typedef uintptr_t __attribute__((may_alias)) word;
#define WORD ((size_t)sizeof(word))

void* memcpy(void* to, const void* from, size_t bytes) {
  uint8_t* d = (uint8_t*)to;
  const uint8_t* s = (const uint8_t*)from;
  if ((((uintptr_t)d ^ (uintptr_t)s) & (WORD - 1)) == 0) {
    for (; bytes && ((uintptr_t)d & (WORD - 1)); --bytes) *d++ = *s++;
    for (; bytes >= 4 * WORD; bytes -= 4 * WORD, d += 4 * WORD, s += 4 * WORD) {
      const word a = ((const word*)s)[0], b = ((const word*)s)[1], c = ((const word*)s)[2], e = ((const word*)s)[3];
      ((word*)d)[0] = a, ((word*)d)[1] = b, ((word*)d)[2] = c, ((word*)d)[3] = e;
    }
    for (; bytes >= WORD; bytes -= WORD, d += WORD, s += WORD) *(word*)d = *(const word*)s;
  }
  while (bytes--) *d++ = *s++;
  return to;
}

void* memmove(void* to, const void* from, size_t bytes) {
  uint8_t* d = (uint8_t*)to + bytes;
  const uint8_t* s = (const uint8_t*)from + bytes;
  if ((uintptr_t)to - (uintptr_t)from >= bytes) return memcpy(to, from, bytes); /* memcpy goes upwards */
  while (bytes--) *--d = *--s;
  return to;
}

void* memset(void* to, int value, size_t bytes) {
  uint8_t* d = (uint8_t*)to;
  const word pattern = (word)(uint8_t)value * (~(word)0 / 255);
  for (; bytes && ((uintptr_t)d & (WORD - 1)); --bytes) *d++ = (uint8_t)value;
  for (; bytes >= WORD; bytes -= WORD, d += WORD) *(word*)d = pattern;
  while (bytes--) *d++ = (uint8_t)value;
  return to;
}

int memcmp(const void* a, const void* b, size_t bytes) {
  const uint8_t *x = (const uint8_t*)a, *y = (const uint8_t*)b;
  for (; bytes; --bytes, ++x, ++y)
    if (*x != *y) return *x < *y ? -1 : 1;
  return 0;
}

/* What the core waits for its flash, as on the STM32L4+: the flash is read a word of eight bytes at a time, and of code and of data each a
 * cache keeps lines of four words, of which the one used longest ago makes way. Words enter it one by one. The word of code that follows
 * the one read last is on its way while that is executed, which takes two cycles at least. */
#ifndef THIMBLE_FLASH_H
#define THIMBLE_FLASH_H

#include <stdint.h>

enum { FLASH_WORD = 8, FLASH_LINE = 4, FLASH_CODE_LINES = 32, FLASH_DATA_LINES = 8, FLASH_AHEAD = 2 };

typedef struct FlashLine {
  uint64_t number; /* of the line, plus one */
  uint64_t used;   /* when */
  unsigned words;  /* a bit each: is it there? */
} FlashLine;

typedef struct Flash {
  uint64_t begin, end; /* addresses */
  uint64_t wait_states, time;
  uint64_t next; /* number of the word behind the one fetched last */
  FlashLine code[FLASH_CODE_LINES], data[FLASH_DATA_LINES];
} Flash;

/* Whether the cache has the word; afterwards it does. */
static inline int flash_has(Flash* flash, FlashLine* lines, int count, uint64_t word) {
  const uint64_t number = word / FLASH_LINE + 1;
  const unsigned bit = 1u << word % FLASH_LINE;
  FlashLine* line = lines;
  for (int i = 0; i < count && line->number != number; ++i)
    if (lines[i].number == number || lines[i].used < line->used) line = lines + i;
  if (line->number != number) line->words = 0;
  line->number = number;
  const int has = (line->words & bit) != 0;
  line->words |= bit;
  line->used = ++flash->time;
  return has;
}

/* Cycles that fetching the code at [address, end) waits. */
static inline uint64_t flash_fetch(Flash* flash, uint64_t address, uint64_t end) {
  uint64_t cycles = 0;
  if (address < flash->begin || address >= flash->end) return 0;
  for (uint64_t word = address / FLASH_WORD; word * FLASH_WORD < end; ++word) {
    if (flash_has(flash, flash->code, FLASH_CODE_LINES, word)) continue;
    const uint64_t ahead = word == flash->next ? FLASH_AHEAD : 0;
    cycles += flash->wait_states > ahead ? flash->wait_states - ahead : 0;
    flash->next = word + 1;
  }
  return cycles;
}

/* Cycles that loading the data at [address, end) waits. */
static inline uint64_t flash_load(Flash* flash, uint64_t address, uint64_t end) {
  uint64_t cycles = 0;
  if (address < flash->begin || address >= flash->end) return 0;
  for (uint64_t word = address / FLASH_WORD; word * FLASH_WORD < end; ++word)
    if (!flash_has(flash, flash->data, FLASH_DATA_LINES, word)) cycles += flash->wait_states;
  return cycles;
}

#endif

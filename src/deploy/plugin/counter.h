/* Counts what one inference executes, block by block: shared by the QEMU plugin and the AVR runner.
 *
 * Measured is everything from the first entry of `run` to its return (the address after the call that entered it). Each block is booked
 * to the layer whose entry was executed last; blocks of `run` itself to no layer. The configuration is a text file:
 *     run <begin> <end>        addresses in hexadecimal
 *     layer <index> <entry>
 *     flash <wait states> <begin> <end>   reads from these addresses wait (see flash.h)
 * and so is the result, a line per block and layer (layer -1: run itself), every number but the address in decimal:
 *     <layer> <address> <instructions> <executions> <taken> <cycles>
 * where <cycles> are those of the block where the emulator knows the core's (AVR), else those that it waited for the flash. */
#ifndef THIMBLE_COUNTER_H
#define THIMBLE_COUNTER_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "flash.h"

/* A straight piece of code with one entry. */
typedef struct Block {
  uint64_t address, end;
  uint32_t instructions;
  int slot;             /* what executing it switches to: a layer, the last slot for `run`, or -1: no switch */
  uint64_t (*tally)[3]; /* per slot: executions, times it did not fall through, cycles where they are known */
  struct Block* next;
} Block;

enum { COUNTER_BUCKETS = 1 << 14 };

static struct {
  uint64_t run_begin, run_end, return_address;
  uint64_t* entries; /* per layer */
  int layers;
  enum { WAITING, COUNTING, DONE } state;
  int slot;
  Block* last;
  uint64_t* last_tally;
  Block* buckets[COUNTER_BUCKETS];
  Flash flash;
} counter;

static inline void counter_die(const char* what, const char* file) {
  fprintf(stderr, "thimble counter: %s '%s'\n", what, file);
  exit(9);
}

static inline void counter_configure(const char* file) {
  char line[128];
  FILE* in = fopen(file, "r");
  if (!in) counter_die("cannot read", file);
  while (fgets(line, sizeof line, in)) {
    unsigned long long a, b, c;
    int layer;
    if (sscanf(line, "run %llx %llx", &a, &b) == 2) {
      counter.run_begin = a;
      counter.run_end = b;
    } else if (sscanf(line, "layer %d %llx", &layer, &a) == 2 && layer == counter.layers) {
      counter.entries = (uint64_t*)realloc(counter.entries, sizeof(uint64_t) * (size_t)(layer + 1));
      counter.entries[counter.layers++] = a;
    } else if (sscanf(line, "flash %llu %llx %llx", &a, &b, &c) == 3) {
      counter.flash.wait_states = a;
      counter.flash.begin = b;
      counter.flash.end = c;
    } else {
      counter_die("cannot understand a line of", file);
    }
  }
  fclose(in);
}

/* The one record of the block at `address`; a block that is translated again keeps its tally. */
static inline Block* counter_block(uint64_t address, uint64_t end, uint32_t instructions) {
  const uint32_t bucket = ((uint32_t)(address >> 1) * 2654435761u ^ instructions * 40503u) % COUNTER_BUCKETS;
  Block* block = counter.buckets[bucket];
  while (block && !(block->address == address && block->end == end && block->instructions == instructions)) block = block->next;
  if (block) return block;
  block = (Block*)calloc(1, sizeof *block);
  block->address = address;
  block->end = end;
  block->instructions = instructions;
  block->slot = address >= counter.run_begin && address < counter.run_end ? counter.layers : -1;
  for (int i = 0; i < counter.layers; ++i)
    if (counter.entries[i] == address) block->slot = i;
  block->tally = (uint64_t(*)[3])calloc((size_t)counter.layers + 1, sizeof *block->tally);
  block->next = counter.buckets[bucket];
  counter.buckets[bucket] = block;
  return block;
}

/* Called before each execution of a block. */
static inline void counter_enter(Block* block) {
  if (counter.state == WAITING && block->address == counter.run_begin && counter.last) {
    counter.state = COUNTING;
    counter.return_address = counter.last->end;
    counter.last = NULL;
  }
  if (counter.state == COUNTING) {
    if (counter.last && counter.last->end != block->address) ++counter.last_tally[1];
    if (block->address == counter.return_address) {
      counter.state = DONE;
    } else {
      if (block->slot >= 0) counter.slot = block->slot;
      counter.last_tally = block->tally[counter.slot];
      ++counter.last_tally[0];
      if (counter.flash.wait_states) counter.last_tally[2] += flash_fetch(&counter.flash, block->address, block->end);
    }
  }
  counter.last = block;
}

/* Called at each load of the last block, where the flash waits. */
static inline void counter_load(uint64_t address, uint64_t bytes) {
  if (counter.state == COUNTING) counter.last_tally[2] += flash_load(&counter.flash, address, address + bytes);
}

static inline void counter_write(const char* file) {
  FILE* out = fopen(file, "w");
  if (!out) counter_die("cannot write", file);
  for (int i = 0; i < COUNTER_BUCKETS; ++i)
    for (const Block* block = counter.buckets[i]; block; block = block->next)
      for (int slot = 0; slot <= counter.layers; ++slot) {
        const uint64_t* tally = block->tally[slot];
        if (tally[0])
          fprintf(out, "%d %llx %u %llu %llu %llu\n", slot == counter.layers ? -1 : slot, (unsigned long long)block->address,
                  block->instructions, (unsigned long long)tally[0], (unsigned long long)tally[1], (unsigned long long)tally[2]);
      }
  if (counter.state != DONE) fprintf(out, "unfinished\n");
  fclose(out);
}

#endif

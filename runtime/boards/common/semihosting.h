/* Files of the debugging host, by ARM's semihosting calls (specification 2.0, which RISC-V shares). The board defines semihost(). */
#ifndef THIMBLE_SEMIHOSTING_H
#define THIMBLE_SEMIHOSTING_H

#include "common/harness.h"

enum { SYS_OPEN = 0x01, SYS_WRITE = 0x05, SYS_READ = 0x06, SYS_EXIT_EXTENDED = 0x20 };
enum { OPEN_READ_BINARY = 1, OPEN_WRITE_BINARY = 5 };

/* The trap: `operation` with a pointer to its block of arguments. */
static uintptr_t semihost(uintptr_t operation, const void* block);

static uintptr_t semihost_open(const char* name, uintptr_t length, uintptr_t mode) {
  uintptr_t block[3];
  block[0] = (uintptr_t)name, block[1] = mode, block[2] = length;
  return semihost(SYS_OPEN, block);
}

int harness_read(void* to, int32_t bytes) {
  static uintptr_t file;
  uintptr_t block[3];
  if (!file) file = semihost_open("in.bin", 6, OPEN_READ_BINARY) + 1;
  block[0] = file - 1, block[1] = (uintptr_t)to, block[2] = (uintptr_t)bytes;
  return semihost(SYS_READ, block) == 0; /* the count that was not read */
}

void harness_write(int stream, const void* from, int32_t bytes) {
  static uintptr_t files[4];
  static const char* const names[4] = {"", "out.bin", "trace.bin", "report.bin"};
  uintptr_t block[3], length = 0;
  while (names[stream][length]) ++length;
  if (!files[stream]) files[stream] = semihost_open(names[stream], length, OPEN_WRITE_BINARY) + 1;
  block[0] = files[stream] - 1, block[1] = (uintptr_t)from, block[2] = (uintptr_t)bytes;
  semihost(SYS_WRITE, block);
}

void harness_exit(int status) {
  uintptr_t block[2];
  block[0] = 0x20026, block[1] = (uintptr_t)status; /* ADP_Stopped_ApplicationExit */
  semihost(SYS_EXIT_EXTENDED, block);
  for (;;) {
  }
}

#endif

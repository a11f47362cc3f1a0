/* Plain files of the working folder, for boards that are real machines with a C library. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/harness.h"

int harness_read(void* to, int32_t bytes) {
  static FILE* file;
  if (!file) file = fopen("in.bin", "rb");
  return file && fread(to, 1, (size_t)bytes, file) == (size_t)bytes;
}

void harness_write(int stream, const void* from, int32_t bytes) {
  static FILE* files[4];
  static const char* const names[4] = {"", "out.bin", "trace.bin", "report.bin"};
  if (!files[stream]) files[stream] = fopen(names[stream], "wb");
  if (!files[stream] || fwrite(from, 1, (size_t)bytes, files[stream]) != (size_t)bytes) harness_exit(5);
}

int64_t harness_clock_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void harness_exit(int status) { exit(status); }

/* A Linux program for AArch64 without a C library: the emulator runs it in user mode, and what is measured stays small enough to read. */
#include "common/harness.h"

int main(void);

/* arm64 system calls: include/uapi/asm-generic/unistd.h. */
enum { LINUX_OPENAT = 56, LINUX_READ = 63, LINUX_WRITE = 64, LINUX_EXIT_GROUP = 94, AT_THIS_FOLDER = -100 };
enum { OPEN_TO_READ = 0, OPEN_TO_WRITE = 0x241 };

static long linux_call(long number, long a, long b, long c, long d) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
  return x0;
}

int harness_read(void* to, int32_t bytes) {
  static long file;
  if (!file) file = linux_call(LINUX_OPENAT, AT_THIS_FOLDER, (long)"in.bin", OPEN_TO_READ, 0) + 1;
  return linux_call(LINUX_READ, file - 1, (long)to, bytes, 0) == bytes;
}

void harness_write(int stream, const void* from, int32_t bytes) {
  static long files[4];
  const char* const name = stream == HARNESS_OUTPUTS ? "out.bin" : stream == HARNESS_TRACE ? "trace.bin" : "report.bin";
  if (!files[stream]) files[stream] = linux_call(LINUX_OPENAT, AT_THIS_FOLDER, (long)name, OPEN_TO_WRITE, 0644) + 1;
  linux_call(LINUX_WRITE, files[stream] - 1, (long)from, bytes, 0);
}

void harness_exit(int status) {
  for (;;) linux_call(LINUX_EXIT_GROUP, status, 0, 0, 0);
}

__asm__(
    ".section .vectors, \"ax\"\n"
    ".global reset\n"
    "reset:\n"
    "  bl main\n"
    ".text\n");

/* Start-up of the Xtensa LX106; files of the host by the simulator's `simcall`. */
#include "common/harness.h"
#include "common/memory_image.h"

int main(void);
void reset(void);

enum { SIM_EXIT = 1, SIM_READ = 3, SIM_WRITE = 4, SIM_OPEN = 5 };
enum { OPEN_TO_READ = 0, OPEN_TO_WRITE = 0x241 }; /* O_WRONLY | O_CREAT | O_TRUNC of the host */

static int simcall(int number, uintptr_t a, uintptr_t b, uintptr_t c) {
  register int a2 __asm__("a2") = number;
  register uintptr_t a3 __asm__("a3") = a;
  register uintptr_t a4 __asm__("a4") = b;
  register uintptr_t a5 __asm__("a5") = c;
  __asm__ volatile("simcall" : "+r"(a2), "+r"(a3) : "r"(a4), "r"(a5) : "memory");
  return a2;
}

int harness_read(void* to, int32_t bytes) {
  static int file;
  if (!file) file = simcall(SIM_OPEN, (uintptr_t) "in.bin", OPEN_TO_READ, 0) + 1;
  return simcall(SIM_READ, (uintptr_t)(file - 1), (uintptr_t)to, (uintptr_t)bytes) == bytes;
}

void harness_write(int stream, const void* from, int32_t bytes) {
  static int files[4];
  static const char* const names[4] = {"", "out.bin", "trace.bin", "report.bin"};
  if (!files[stream]) files[stream] = simcall(SIM_OPEN, (uintptr_t)names[stream], OPEN_TO_WRITE, 0644) + 1;
  simcall(SIM_WRITE, (uintptr_t)(files[stream] - 1), (uintptr_t)from, (uintptr_t)bytes);
}

void harness_exit(int status) {
  for (;;) simcall(SIM_EXIT, (uintptr_t)status, 0, 0);
}

static __attribute__((used)) void start_in_c(void) {
  set_up_memory();
  harness_exit(main());
}

/* The machine starts at the first address of the program. */
__asm__(
    ".section .vectors, \"ax\"\n"
    ".global reset\n"
    "reset:\n"
    "  j 1f\n"
    "  .align 4\n"
    "  .literal_position\n"
    "1:\n"
    "  movi a1, _stack_top\n"
    "  movi a0, 0\n"
    "  movi a2, start_in_c\n"
    "  callx0 a2\n"
    ".text\n");

/* Start-up of RV32IMC: stack, memory, a trap handler that ends the run. */
#include "common/memory_image.h"
#include "common/semihosting.h"

int main(void);
void reset(void);

/* RISC-V semihosting specification: three uncompressed instructions in one page. */
static __attribute__((noinline, aligned(16))) uintptr_t semihost(uintptr_t operation, const void* block) {
  register uintptr_t a0 __asm__("a0") = operation;
  register const void* a1 __asm__("a1") = block;
  __asm__ volatile(
      ".option push\n\t.option norvc\n\t"
      "slli x0, x0, 0x1f\n\tebreak\n\tsrai x0, x0, 7\n\t"
      ".option pop"
      : "+r"(a0)
      : "r"(a1)
      : "memory");
  return a0;
}

static __attribute__((used, aligned(4))) void fault(void) { harness_exit(3); }

static __attribute__((used)) void start_in_c(void) {
  set_up_memory();
  harness_exit(main());
}

__attribute__((naked, section(".vectors"), used)) void reset(void) {
  __asm__ volatile(
      "la sp, _stack_top\n\t"
      "la t0, fault\n\t"
      ".option push\n\t.option arch, +zicsr\n\t"
      "csrw mtvec, t0\n\t"
      ".option pop\n\t"
      "j start_in_c");
}

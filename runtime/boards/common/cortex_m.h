/* Start-up of every Cortex-M board: vector table, memory, floating point, traps on unaligned access where the core has none. */
#include "common/memory_image.h"
#include "common/semihosting.h"

extern uint32_t _stack_top;
int main(void);
void reset(void);

static uintptr_t semihost(uintptr_t operation, const void* block) {
  register uintptr_t r0 __asm__("r0") = operation;
  register const void* r1 __asm__("r1") = block;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

static void fault(void) { harness_exit(3); }

/* ARMv7-M Architecture Reference Manual, B3.2: system control space. */
#define CPACR (*(volatile uint32_t*)0xE000ED88)
#define CCR (*(volatile uint32_t*)0xE000ED14)

void reset(void) {
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
  CPACR |= 0xFu << 20;
  __asm__ volatile("dsb\n\tisb");
#endif
#ifdef __ARM_ARCH_6M__
  CCR |= 1u << 3; /* the emulated Cortex-M3 would allow unaligned accesses; an M0+ does not */
#endif
  set_up_memory();
  harness_exit(main());
}

typedef void (*vector)(void);
extern const vector vectors[16];
__attribute__((section(".vectors"), used)) const vector vectors[16] = {(vector)&_stack_top, reset, fault, fault, fault, fault, fault};

/* The stack as the harness sees it: where it is now, and how far down it may be painted. It grows downwards everywhere. */
#ifndef THIMBLE_HARNESS_STACK_H
#define THIMBLE_HARNESS_STACK_H

#include <stdint.h>

/* No model of ours comes near this depth; painting more only costs time. */
#ifdef __AVR__
#define HARNESS_PAINT_MOST 2048
#else
#define HARNESS_PAINT_MOST 131072
#endif

/* The lowest address in use. */
static inline __attribute__((always_inline)) uint8_t* harness_stack_pointer(void) {
  uint8_t* sp;
#if defined(__arm__) || defined(__aarch64__)
  __asm__ volatile("mov %0, sp" : "=r"(sp));
#elif defined(__riscv)
  __asm__ volatile("mv %0, sp" : "=r"(sp));
#elif defined(__xtensa__)
  __asm__ volatile("mov %0, a1" : "=r"(sp));
#elif defined(__x86_64__)
  __asm__ volatile("mov %%rsp, %0" : "=r"(sp));
#elif defined(__AVR__)
  sp = (uint8_t*)(*(volatile uint16_t*)0x5D + 1); /* SP is the next free byte */
#else
  sp = 0;
#endif
  return sp;
}

/* The lowest address to paint; `top` itself where the stack cannot be painted. */
static inline __attribute__((always_inline)) uint8_t* harness_stack_bottom(uint8_t* top) {
#if defined(__SANITIZE_ADDRESS__) || defined(__wasm__)
  return top;
#elif defined(__linux__)
  return top - HARNESS_PAINT_MOST;
#else
  extern uint8_t _stack_bottom;
  return (uintptr_t)top - (uintptr_t)&_stack_bottom > (uintptr_t)HARNESS_PAINT_MOST ? top - HARNESS_PAINT_MOST : &_stack_bottom;
#endif
}

#endif

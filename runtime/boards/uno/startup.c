/* ATmega328P: vectors and memory by hand; bytes go through the general-purpose I/O registers, which the simulator's runner answers.
 * GPIOR0 (0x3E) names a stream (0: the records), GPIOR1 (0x4A) is its next byte, GPIOR2 (0x4B) ends the run with a status. */
#include "common/harness.h"

#define STREAM (*(volatile uint8_t*)0x3E)
#define BYTE (*(volatile uint8_t*)0x4A)
#define END (*(volatile uint8_t*)0x4B)

int main(void);

int harness_read(void* to, int32_t bytes) {
  uint8_t* at = (uint8_t*)to;
  for (; bytes > 0; --bytes) {
    STREAM = 0;
    *at++ = BYTE;
    if (STREAM) return 0; /* the runner sets it when the records are over */
  }
  return 1;
}

void harness_write(int stream, const void* from, int32_t bytes) {
  const uint8_t* at = (const uint8_t*)from;
  STREAM = (uint8_t)stream;
  for (; bytes > 0; --bytes) BYTE = *at++;
}

void harness_exit(int status) {
  for (;;) END = (uint8_t)status;
}

__asm__(
    ".section .vectors, \"ax\"\n"
    ".global reset\n"
    "reset:\n"
    "  rjmp 1f\n"
    "1:\n"
    "  eor r1, r1\n"
    "  out 0x3f, r1\n"
    "  ldi r28, lo8(_stack_top - 1)\n"
    "  ldi r29, hi8(_stack_top - 1)\n"
    "  out 0x3e, r29\n"
    "  out 0x3d, r28\n"
    "  ldi r26, lo8(_data_start)\n"
    "  ldi r27, hi8(_data_start)\n"
    "  ldi r30, lo8(_data_load)\n"
    "  ldi r31, hi8(_data_load)\n"
    "2:\n"
    "  cpi r26, lo8(_data_end)\n"
    "  ldi r24, hi8(_data_end)\n"
    "  cpc r27, r24\n"
    "  brsh 3f\n"
    "  lpm r0, Z+\n"
    "  st X+, r0\n"
    "  rjmp 2b\n"
    "3:\n"
    "  cpi r26, lo8(_bss_end)\n"
    "  ldi r24, hi8(_bss_end)\n"
    "  cpc r27, r24\n"
    "  brsh 4f\n"
    "  st X+, r1\n"
    "  rjmp 3b\n"
    "4:\n"
    "  call main\n"
    ".text\n");

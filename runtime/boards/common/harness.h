/* What the measuring program (main.c) needs of a board: bytes in, bytes out, an end. Each board's startup.c includes one implementation.
 *
 * The harness calls nothing of libc or libgcc, so that every library function in the firmware is there for the model's sake. */
#ifndef THIMBLE_HARNESS_H
#define THIMBLE_HARNESS_H

#include <stdint.h>

/* The streams that come back. */
enum { HARNESS_OUTPUTS = 1, HARNESS_TRACE = 2, HARNESS_REPORT = 3 };

/* Fills `to` with the next `bytes` of the records; 0 when there are no more. */
int harness_read(void* to, int32_t bytes);
void harness_write(int stream, const void* from, int32_t bytes);
/* Nanoseconds of a clock that only goes forward; boards that are real machines define HARNESS_CLOCK. */
int64_t harness_clock_ns(void);
/* Ends the emulation; 0 is success. */
void harness_exit(int status) __attribute__((noreturn));

#endif

/* The measuring program: reads records, runs the model on each, writes its outputs. Record 0 also tells how deep the stack went.
 *
 * harness_model.h is written for each model: harness_model, harness_init, harness_run, HARNESS_READ_INPUTS, HARNESS_WRITE_OUTPUTS. */
#include "harness_model.h"

#include "common/harness.h"
#include "common/stack.h"

/* Alone in its section, so that the linker gives the model's RAM an address and a size of its own. */
harness_model harness_instance;

static int record;

/* One inference with the stack below this frame painted; tells the bytes that it touched, or -1. */
static __attribute__((noinline)) int32_t run_painted(int* status) {
  uint8_t* const top = harness_stack_pointer();
  uint8_t* const bottom = harness_stack_bottom(top);
  volatile uint8_t* at;
  for (at = bottom; at < top; ++at) *at = 0xA5;
  *status = harness_run(&harness_instance);
  for (at = bottom; at < top && *at == 0xA5;) ++at;
  return top == bottom ? -1 : (int32_t)(top - at);
}

#ifdef harness_push
/* Never set: it only keeps push in the firmware, whose size is to be the one that a user gets. */
static volatile int harness_pushes;
#endif

#ifdef THIMBLE_TRACE
void thimble_trace(int layer, const void* data, long bytes);
void thimble_trace(int layer, const void* data, long bytes) {
  const int32_t head[2] = {layer, (int32_t)bytes};
  if (record != 0) return;
  harness_write(HARNESS_TRACE, head, 8);
  harness_write(HARNESS_TRACE, data, (int32_t)bytes);
}
#endif

#ifdef HARNESS_CLOCK
/* The fastest of several more inferences, after all results are out. */
static void report_time(void) {
  int64_t best = INT64_MAX, spent = 0;
  int round;
  for (round = 0; round < 20 && spent < 300000000; ++round) {
    const int64_t start = harness_clock_ns();
    harness_run(&harness_instance);
    const int64_t took = harness_clock_ns() - start;
    spent += took;
    if (took < best) best = took;
  }
  harness_write(HARNESS_REPORT, &best, 8);
}
#endif

int main(void) {
  int32_t painted = -1;
  int status = 0;
  harness_init(&harness_instance);
#ifdef harness_push
  if (harness_pushes) harness_push(&harness_instance, 0);
#endif
  for (; HARNESS_READ_INPUTS(&harness_instance); ++record) {
    if (record == 0)
      painted = run_painted(&status);
    else
      status = harness_run(&harness_instance);
    if (status != 0) harness_exit(4);
    HARNESS_WRITE_OUTPUTS(&harness_instance);
  }
  harness_write(HARNESS_REPORT, &painted, 4);
#ifdef HARNESS_CLOCK
  report_time();
#endif
  harness_exit(0);
}

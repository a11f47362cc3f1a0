/* Plays recordings through the model's push, sample by sample as a sensor would.
 *
 * In: for each recording how many samples it has, then these. Out: for each result the number of the sample that made it, the answer and
 * all outputs; at the end of each recording two numbers -1. harness_model.h is that of main.c. */
#include "harness_model.h"

#include "common/harness.h"

harness_model harness_instance;

static float sample[HARNESS_AXES];

static void write_pair(int32_t first, int32_t second) {
  const int32_t pair[2] = {first, second};
  harness_write(HARNESS_OUTPUTS, pair, 8);
}

int main(void) {
  int32_t count, i;
  while (harness_read(&count, 4)) {
    harness_init(&harness_instance);
    for (i = 0; i < count; ++i) {
      if (!harness_read(sample, (int32_t)sizeof sample)) harness_exit(4);
      if (!harness_push(&harness_instance, sample)) continue;
      write_pair(i, harness_answer(&harness_instance));
      HARNESS_WRITE_OUTPUTS(&harness_instance);
    }
    write_pair(-1, -1);
  }
  harness_exit(0);
}

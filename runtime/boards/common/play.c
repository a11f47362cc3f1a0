/* Plays recordings through the model's push, sample by sample as a sensor would.
 *
 * In: for each recording how many samples it has, then these. Out: for each result the number of the sample that made it, the answer and
 * all outputs; at the end of each recording two numbers -1. harness_model.h is that of main.c. */
#include "harness_model.h"

#include "common/harness.h"

harness_model harness_instance;

/* A call of the board's host costs more than a few samples do. */
enum { AT_ONCE = 16 };
static float samples[AT_ONCE][HARNESS_AXES];

static void write_pair(int32_t first, int32_t second) {
  const int32_t pair[2] = {first, second};
  harness_write(HARNESS_OUTPUTS, pair, 8);
}

/* The results of the next `count` samples, the first of which is number `first`. */
static void play(int32_t first, int32_t count) {
  int32_t i;
  if (!harness_read(samples, count * (int32_t)sizeof samples[0])) harness_exit(4);
  for (i = 0; i < count; ++i) {
    if (!harness_push(&harness_instance, samples[i])) continue;
    write_pair(first + i, harness_answer(&harness_instance));
    HARNESS_WRITE_OUTPUTS(&harness_instance);
  }
}

int main(void) {
  int32_t count, at;
  while (harness_read(&count, 4)) {
    harness_init(&harness_instance);
    for (at = 0; at < count; at += AT_ONCE) play(at, count - at < AT_ONCE ? count - at : AT_ONCE);
    write_pair(-1, -1);
  }
  harness_exit(0);
}

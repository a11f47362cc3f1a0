/* An answer from the last few results of a classifier. */
#ifndef THIMBLE_CORE_SMOOTHING_H
#define THIMBLE_CORE_SMOOTHING_H

#include "core/base.h"

typedef struct {
  int32_t classes;
  int32_t readings; /* how many results are looked at */
  int32_t same;     /* how many of them must agree */
  float confidence; /* a result whose best score is below this names no class */
} thimble_smoothing_shape;

/* The class with the highest score, the first of equals; -1 where no score reaches the confidence. */
THIMBLE_INLINE int32_t thimble_best_class(const float* scores, const thimble_smoothing_shape* s) {
  int32_t best = 0, i;
  for (i = 1; i < s->classes; ++i)
    if (scores[i] > scores[best]) best = i;
  return scores[best] >= s->confidence ? best : -1;
}

/* Takes note of a result and gives the answer: the class that `same` or more of the last `readings` results name, else -1.
 * history: `readings` classes, oldest first, -1 at the beginning. */
THIMBLE_KERNEL int32_t thimble_smooth(const float* scores, int8_t* history, const thimble_smoothing_shape* s) {
  const int32_t latest = thimble_best_class(scores, s);
  int32_t answer = -1, most = s->same - 1, i, k;
  for (i = 1; i < s->readings; ++i) history[i - 1] = history[i];
  history[s->readings - 1] = (int8_t)latest;
  for (i = 0; i < s->readings; ++i) {
    int32_t votes = 0;
    for (k = 0; k < s->readings; ++k) votes += history[k] == history[i];
    if (history[i] >= 0 && votes > most) most = votes, answer = history[i];
  }
  return answer;
}

#endif

/* Moments of a series, summed in the order of the samples. */
#ifndef THIMBLE_DSP_STATISTICS_H
#define THIMBLE_DSP_STATISTICS_H

#include "core/math.h"

THIMBLE_MATH float thimble_mean(const float* x, int32_t count, int32_t step) {
  float sum = 0;
  for (int32_t i = 0; i < count; ++i) sum += x[i * step];
  return sum / (float)count;
}

/* Central moments of the second to fourth order as standard deviation, skewness and excess kurtosis; a series without variance has the
 * skewness 0 and the kurtosis -3. */
typedef struct {
  float deviation, skewness, kurtosis;
} thimble_moments;

THIMBLE_MATH thimble_moments thimble_moments_about(const float* x, int32_t count, int32_t step, float mean) {
  thimble_moments m = {0, 0, -3.0f};
  float second = 0, third = 0, fourth = 0, variance;
  for (int32_t i = 0; i < count; ++i) {
    const float d = x[i * step] - mean, square = d * d;
    second += square;
    third += square * d;
    fourth += square * square;
  }
  variance = second / (float)count;
  m.deviation = thimble_sqrtf(variance);
  if (variance * variance > 1e-30f && fourth < 1e38f) {
    m.skewness = third / (float)count / (variance * m.deviation);
    m.kurtosis = fourth / (float)count / (variance * variance) - 3.0f;
  } else if (m.deviation > 0) { /* powers leave the range of floats, so once more in units of the deviation */
    third = fourth = 0;
    for (int32_t i = 0; i < count; ++i) {
      const float d = (x[i * step] - mean) / m.deviation, square = d * d;
      third += square * d;
      fourth += square * square;
    }
    m.skewness = third / (float)count;
    m.kurtosis = fourth / (float)count - 3.0f;
  }
  return m;
}

#endif

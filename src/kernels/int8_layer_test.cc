#include "kernels/int8_layer.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

/// One channel without weights whose sums reach as far as `bias`.
Int8Layer channel_of(double scale, int32_t bias) {
  return {.channels = 1,
          .taps = 0,
          .weights = {},
          .bias = {bias},
          .multipliers = {quantize_multiplier(scale)},
          .out_zero = {3},
          .range = {-128, 127},
          .exact_ties = false};
}

int64_t step_by_step(const Int8Layer& layer, int64_t at) {
  int64_t sum = at;
  while (output_of(layer, 0, sum) == output_of(layer, 0, at)) ++sum;
  return sum;
}

/// Whatever width is guessed, from one sum to the largest.
TEST(NextStep, IsTheFirstSumThatComesOutLarger) {
  for (const double scale : {1.7, 0.9, 0.31, 0.0213, 0.0034}) {
    const Int8Layer layer = channel_of(scale, 200'000);
    for (const int64_t width : {1, 2, 3, 40, 300, 100'000})
      for (const int64_t at : {-30'000, -77, 0, 1, 12}) {
        if (output_of(layer, 0, at) == 127) continue;
        EXPECT_EQ(next_step(layer, 0, at, 200'000, width), step_by_step(layer, at)) << scale << " " << width << " " << at;
      }
  }
}

/// The last step may end with the sums.
TEST(NextStep, IsAtMostTheLargestSum) {
  const Int8Layer layer = channel_of(0.01, 1000);
  const int64_t next = step_by_step(layer, 0);
  for (const int64_t width : {1, 60, 1000}) EXPECT_EQ(next_step(layer, 0, 0, next, width), next);
}

}  // namespace
}  // namespace thimble

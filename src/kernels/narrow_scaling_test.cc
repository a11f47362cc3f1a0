#include "kernels/narrow_scaling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace thimble {
namespace {

/// What the kernels make of a sum, in arithmetic that wraps at 32 bits.
int8_t narrow(const NarrowWords& w, int pieces, bool signs, int32_t sum) {
  const uint32_t x = static_cast<uint32_t>(sum) - static_cast<uint32_t>(w.low);
  if (x > w.range) return static_cast<int32_t>(x) < 0 ? w.least : w.most;
  uint32_t part = x * w.m1;
  if (pieces == 3) part += (x * w.m2 + w.inner) >> w.shift;
  part = (part >> w.shift) + w.addend;
  if (signs && x < w.sign_at()) part -= w.negative;
  return static_cast<int8_t>((x * w.m0 + part) >> 24);
}

/// One channel of `taps` weights of 100.
Int8Layer layer_of(double scale, int32_t bias, int taps, int32_t zero, IntRange range) {
  Int8Layer layer{.channels = 1,
                  .taps = taps,
                  .weights = std::vector<int8_t>(static_cast<size_t>(taps), 100),
                  .bias = {bias},
                  .multipliers = {quantize_multiplier(scale)},
                  .out_zero = {zero},
                  .range = range};
  layer.exact_ties = range.min < zero;
  return layer;
}

void expect_exact(const Int8Layer& layer) {
  const auto scaling = narrow_scaling_of(layer);
  ASSERT_TRUE(scaling) << layer.multipliers[0].mantissa << " " << layer.multipliers[0].shift;
  const int64_t far = farthest_of(layer, 0);
  for (int64_t sum = -far; sum <= far; ++sum)
    ASSERT_EQ(narrow(scaling->channels[0], scaling->pieces, scaling->signs, static_cast<int32_t>(sum)), output_of(layer, 0, sum)) << sum;
}

TEST(NarrowScaling, IsExactForEverySum) {
  for (double scale : {0.5, 0.25, 0.123, 1.0 / 256, 0.0021, 1.0 / 1024, 0.00071, 1e-5})
    for (int32_t zero : {-128, 0, 5, 127})
      for (IntRange range : {IntRange{-128, 127}, IntRange{zero, 127}, IntRange{zero, std::min(zero + 40, 127)}})
        expect_exact(layer_of(scale, 777, 5, zero, range));
}

TEST(NarrowScaling, NeedsNoSignsWhereNegativeOutputsAreClamped) {
  EXPECT_FALSE(narrow_scaling_of(layer_of(0.0021, 9, 60, -128, {-128, 127}))->signs);
  EXPECT_TRUE(narrow_scaling_of(layer_of(0.0021, 9, 60, 0, {-128, 127}))->signs);
}

TEST(NarrowScaling, TakesThreePiecesWhereTwoAreTooCoarse) {
  int with_three = 0;
  for (int i = 0; i < 5; ++i) {
    const Int8Layer layer = layer_of(0.0000917 * (1 + 0.07 * i), 9, 400, 0, {-128, 127});
    with_three += narrow_scaling_of(layer).value().pieces == 3;
    expect_exact(layer);
  }
  EXPECT_GT(with_three, 0);
}

}  // namespace
}  // namespace thimble

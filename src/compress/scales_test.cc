#include "compress/scales.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace thimble {
namespace {

using ::testing::ElementsAre;

TEST(ActivationQuant, CoversTheRangeAndHasACodeForZero) {
  struct Row {
    Range range;
    float scale;
    int32_t zero;
  };
  for (const Row& row : {Row{{0, 2.55F}, 0.01F, -128}, Row{{-2.55F, 0}, 0.01F, 127}, Row{{-1.28F, 1.27F}, 0.01F, 0},
                         Row{{1, 2.55F}, 0.01F, -128},   // the range is widened down to 0
                         Row{{-2.55F, -1}, 0.01F, 127},  // and up
                         Row{{0, 0}, 1, 0}, Row{{-1e-30F, 1e-30F}, 1, 0}}) {
    const Quant quant = activation_quant(row.range);
    EXPECT_FLOAT_EQ(quant.scale[0], row.scale) << row.range.low;
    EXPECT_EQ(quant.zero[0], row.zero) << row.range.low;
    EXPECT_EQ(quant.axis, -1);
  }
}

TEST(ActivationQuant, HoldsEveryFiniteRange) {
  const float most = std::numeric_limits<float>::max();
  const Quant quant = activation_quant({-most, most});
  EXPECT_TRUE(std::isfinite(quant.scale[0]));
  EXPECT_THAT(quant.zero, ElementsAre(-1));  // a tie, away from zero
}

TEST(ActivationQuant, RefusesWhatIsNoNumber) {
  try {
    activation_quant({0, std::numeric_limits<float>::infinity()});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(explain(error),
              "error: a range from 0 to inf has no int8 codes\n"
              "  a model that gives such numbers in float is broken already: look at its inputs and weights\n");
  }
}

TEST(WeightQuant, GivesEachChannelItsScale) {
  const std::vector<float> w = {1.27F, -0.5F, 0, 0, -2.54F, 1};
  const Quant rows = weight_quant(w, {3, 2}, 0);
  EXPECT_THAT(rows.scale, ElementsAre(0.01F, 0.02F, 0.02F));  // the dead row borrows the largest
  EXPECT_THAT(rows.zero, ElementsAre(0, 0, 0));
  EXPECT_EQ(rows.axis, 0);
  EXPECT_THAT(weight_codes(w, {3, 2}, rows), ElementsAre(127, -50, 0, 0, -127, 50));
  EXPECT_THAT(weight_quant(w, {3, 2}, 1).scale, ElementsAre(0.02F, 1 / 127.0F));
  EXPECT_THAT(weight_quant(w, {3, 2}, -1), per_tensor(0.02F, 0));
  EXPECT_THAT(weight_quant(std::vector<float>(4), {2, 2}, 0).scale, ElementsAre(1, 1));
}

TEST(BiasCodes, RaiseTheWeightsScaleWhereInt32WouldOverflow) {
  Quant weights{{1e-6F, 0.5F}, {0, 0}, 0};
  const std::vector<float> bias = {1e4F, 3};
  make_room_for_bias(weights, 1e-3F, bias);
  EXPECT_FLOAT_EQ(weights.scale[0], 1e7F / static_cast<float>(1 << 30));
  EXPECT_EQ(weights.scale[1], 0.5F);
  const auto codes = bias_codes(bias, 1e-3F, weights);
  EXPECT_NEAR(codes[0], 1 << 30, 200);
  EXPECT_EQ(codes[1], 6000);
  EXPECT_FLOAT_EQ(bias_quant(1e-3F, weights).scale[1], 5e-4F);
}

}  // namespace
}  // namespace thimble

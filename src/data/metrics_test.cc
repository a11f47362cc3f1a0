#include "data/metrics.h"

#include <gmock/gmock.h>

namespace thimble::testing {
namespace {

using ::testing::ElementsAre;

TEST(Metrics, CountsConfusions) {
  // Three classes; the fourth example is mistaken for class 2, the last for class 0.
  const std::vector<float> outputs = {.8F, .1F, .1F, .2F, .7F, .1F, .1F, .2F, .7F, .1F, .3F, .6F, .5F, .1F, .4F};
  const Classification score = score_classes(outputs, std::vector<int32_t>{0, 1, 2, 1, 2}, 3);
  EXPECT_THAT(score.matrix.counts, ElementsAre(1, 0, 0, 0, 1, 1, 1, 0, 1));
  EXPECT_DOUBLE_EQ(score.accuracy, 0.6);
  EXPECT_DOUBLE_EQ(score.balanced_accuracy, (1 + 0.5 + 0.5) / 3);
  EXPECT_DOUBLE_EQ(score.classes[1].precision, 1);
  EXPECT_DOUBLE_EQ(score.classes[1].recall, 0.5);
  EXPECT_DOUBLE_EQ(score.classes[0].f1, 2.0 / 3);
  EXPECT_DOUBLE_EQ(score.macro_f1, (2.0 / 3 + 2.0 / 3 + 0.5) / 3);
  EXPECT_DOUBLE_EQ(score.weighted_f1, 2.0 / 3 / 5 + 2.0 / 3 * 2 / 5 + 0.5 * 2 / 5);
}

TEST(Metrics, AClassWithoutExamplesIsLeftOut) {
  const Classification score = score_classes(std::vector<float>{1, 0, 0, 0, 1, 0}, std::vector<int32_t>{0, 1}, 3);
  EXPECT_DOUBLE_EQ(score.macro_f1, 1);
  EXPECT_EQ(score.classes[2].support, 0);
}

TEST(Metrics, RocGoesThroughTiesAtOnce) {
  const Roc curve = roc(std::vector<float>{.9F, .8F, .8F, .4F}, std::vector<uint8_t>{1, 1, 0, 0});
  EXPECT_THAT(curve.false_positive, ElementsAre(0, 0, 0.5, 1));
  EXPECT_THAT(curve.true_positive, ElementsAre(0, 0.5, 1, 1));
  EXPECT_DOUBLE_EQ(curve.area, 0.875);
  EXPECT_DOUBLE_EQ(roc(std::vector<float>{1, 2}, std::vector<uint8_t>{1, 1}).area, 0.5);
}

TEST(Metrics, SeveralLabels) {
  const MultiLabel score = score_labels(std::vector<float>{.9F, .2F, .6F, .6F}, std::vector<float>{1, 0, 1, 0}, 2);
  EXPECT_DOUBLE_EQ(score.exact, 0.5);
  EXPECT_DOUBLE_EQ(score.accuracy, 0.75);
  EXPECT_DOUBLE_EQ(score.classes[0].f1, 1);
  EXPECT_DOUBLE_EQ(score.classes[1].precision, 0);
}

TEST(Metrics, Numbers) {
  const std::vector<float> outputs = {2, 4, 9}, truth = {1, 5, 6};  // errors 1, -1, 3
  const Regression score = score_numbers(outputs, truth);
  EXPECT_NEAR(score.mse, 11.0 / 3, 1e-12);
  EXPECT_NEAR(score.mae, 5.0 / 3, 1e-12);
  EXPECT_NEAR(score.bias, 1, 1e-12);
  EXPECT_NEAR(score.sd, 2, 1e-12);
  EXPECT_NEAR(score.upper_limit, 1 + 1.96 * 2, 1e-12);
  EXPECT_NEAR(score.r2, 1 - 11.0 / 14, 1e-12);
  EXPECT_DOUBLE_EQ(bland_altman(outputs, truth)[2].mean, 7.5);
  EXPECT_DOUBLE_EQ(bland_altman(outputs, truth)[2].difference, 3);
}

}  // namespace
}  // namespace thimble::testing

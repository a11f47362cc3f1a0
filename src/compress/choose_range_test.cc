#include "compress/choose_range.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>
#include <set>

namespace thimble {
namespace {

using ::testing::FloatNear;

Histogram histogram_of(const std::vector<float>& values) {
  Histogram histogram;
  histogram.add(values);
  return histogram;
}

/// Mean squared error of values that go through the codes of a range.
double error_of(const std::vector<float>& values, Range range) {
  const Quant quant = activation_quant(range);
  double sum = 0;
  for (float value : values) {
    const double code = std::clamp(std::round(static_cast<double>(value / quant.scale[0])) + quant.zero[0], -128.0, 127.0);
    const double error = static_cast<double>(value) - static_cast<double>(quant.scale[0]) * (code - quant.zero[0]);
    sum += error * error;
  }
  return sum / static_cast<double>(values.size());
}

/// Student's t with three degrees of freedom: most of it within 2, a few far outside.
std::vector<float> heavy_tails(size_t count) {
  std::mt19937 random(7);
  std::student_t_distribution<float> spread(3);
  std::vector<float> values(count);
  for (float& value : values) value = spread(random);
  return values;
}

TEST(Histogram, GrowsByDoubling) {
  Histogram histogram = histogram_of({0, 0, 1e-6F, -0.5F});
  histogram.add(std::vector<float>{100});
  EXPECT_EQ(histogram.count(), 5);
  EXPECT_EQ(histogram.seen(), (Range{-0.5F, 100}));
  const auto bins = histogram.bins();
  ASSERT_EQ(bins.size(), 4U);
  EXPECT_EQ(bins[1].count, 2);  // the zeros
  EXPECT_EQ(bins[1].centre(), 0);
  EXPECT_LE(bins[0].low, -0.5);
  EXPECT_GT(bins[0].high, -0.5);
  EXPECT_LE(bins[3].low, 100);
  EXPECT_GT(bins[3].high, 100);
}

TEST(Histogram, OfPartsIsThatOfTheWhole) {
  const std::vector<float> values = heavy_tails(10000);
  Histogram whole = histogram_of(values), parts;
  for (size_t i = 0; i < values.size(); i += 1000)
    parts.add(histogram_of({values.begin() + static_cast<std::ptrdiff_t>(i), values.begin() + static_cast<std::ptrdiff_t>(i) + 1000}));
  EXPECT_EQ(parts.count(), whole.count());
  EXPECT_EQ(parts.seen(), whole.seen());
  const auto a = parts.bins(), b = whole.bins();
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(a[i].low == b[i].low && a[i].count == b[i].count) << i;
}

TEST(Histogram, SaysWhatIsNoNumber) {
  try {
    histogram_of({1, std::nanf("")});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(explain(error),
              "error: a value is nan\n"
              "  look for examples that are not numbers, or for weights that are broken\n");
  }
}

TEST(ChooseRange, PercentileLeavesOutTheOutermost) {
  std::vector<float> values(10000);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) / 10000;
  values[0] = -50;
  values[1] = 1000;
  const Range range = choose_range(histogram_of(values), CalibrationMethod::Percentile, 99);
  EXPECT_THAT(range.low, FloatNear(0.01F, 0.5F));
  EXPECT_THAT(range.high, FloatNear(0.99F, 0.5F));
  EXPECT_EQ(choose_range(histogram_of(values), CalibrationMethod::Percentile, 100), (Range{-50, 1000}));
}

TEST(ChooseRange, EveryMethodBeatsMinMaxOnHeavyTails) {
  const std::vector<float> values = heavy_tails(200000);
  std::vector<float> body = values;  // 99 % of the numbers; squares of the others would drown all else
  std::erase_if(body, [](float value) { return std::abs(value) > 5.84F; });
  const Histogram histogram = histogram_of(values);
  const auto range = [&](CalibrationMethod method) { return choose_range(histogram, method, 99.99); };
  const Range all = range(CalibrationMethod::MinMax), mse = range(CalibrationMethod::Mse);
  EXPECT_LT(error_of(body, range(CalibrationMethod::Percentile)), error_of(body, all) / 4);
  EXPECT_LT(error_of(body, range(CalibrationMethod::Entropy)), error_of(body, all) / 4);
  EXPECT_LT(error_of(body, mse), error_of(body, all) / 2);
  for (auto method : {CalibrationMethod::MinMax, CalibrationMethod::Percentile, CalibrationMethod::Entropy})
    EXPECT_LT(error_of(values, mse), error_of(values, range(method)) * 0.8);
}

TEST(ChooseRange, KeepsWhatHasNoTails) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> even(-1, 3);
  std::vector<float> values(100000);
  for (float& value : values) value = even(random);
  for (auto method : {CalibrationMethod::Percentile, CalibrationMethod::Mse, CalibrationMethod::Entropy}) {
    const Range range = choose_range(histogram_of(values), method, 99.99);
    EXPECT_THAT(range.low, FloatNear(-1, 0.05F)) << enum_names(method)[static_cast<size_t>(method)];
    EXPECT_THAT(range.high, FloatNear(3, 0.05F)) << enum_names(method)[static_cast<size_t>(method)];
  }
}

/// Too few to fill bins as fine as the codes.
TEST(ChooseRange, EntropyKeepsMostOfWhatSomeThousandsHold) {
  for (const size_t count : {300, 1000, 2300, 5000})
    for (unsigned seed = 0; seed < 8; ++seed) {
      std::mt19937 random(seed);
      std::normal_distribution<float> normal;
      std::uniform_real_distribution<float> even;
      std::vector<float> bell(count), half(count), flat(count);
      for (size_t i = 0; i < count; ++i) bell[i] = normal(random), half[i] = std::max(0.0F, normal(random)), flat[i] = even(random);
      for (const std::vector<float>& values : {bell, half, flat}) {
        const Histogram histogram = histogram_of(values);
        const Range range = choose_range(histogram, CalibrationMethod::Entropy, 99.99), seen = histogram.seen();
        EXPECT_GE(range.high - range.low, 0.75F * (seen.high - seen.low)) << count << " " << seed;
      }
    }
}

TEST(ChooseRange, EachMethodFindsARangeOfItsOwn) {
  const Histogram histogram = histogram_of(heavy_tails(200000));
  std::set<std::pair<float, float>> ranges;
  for (const auto method : {CalibrationMethod::MinMax, CalibrationMethod::Percentile, CalibrationMethod::Mse, CalibrationMethod::Entropy}) {
    const Range range = choose_range(histogram, method, 99.99);
    ranges.emplace(range.low, range.high);
  }
  EXPECT_EQ(ranges.size(), 4U);
}

TEST(ChooseRange, OfFewNumbersIsAllOfThem) {
  const std::vector<float> values = {0.5F, -2, 7, 7.5F};
  for (auto method : {CalibrationMethod::Entropy, CalibrationMethod::MinMax}) {
    EXPECT_EQ(choose_range(histogram_of(values), method, 99.99), (Range{-2, 7.5F}));
  }
  EXPECT_EQ(choose_range(histogram_of({0, 0}), CalibrationMethod::Mse, 99.99), (Range{0, 0}));
  EXPECT_EQ(choose_range(histogram_of({0, 0}), CalibrationMethod::Entropy, 99.99), (Range{0, 0}));
  EXPECT_EQ(choose_range(histogram_of({0, 0}), CalibrationMethod::Percentile, 99.99), (Range{0, 0}));
}

}  // namespace
}  // namespace thimble

// Heart rates against beats whose times are known, and against another way to find the period of a recorded pulse.
#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <sstream>

#include "base/files.h"
#include "dsp/block.h"
#include "ir/interpreter.h"

namespace thimble {
namespace {

enum { kBpm, kRmssd, kSdnn, kPnn50, kIntervals, kLeftOut };

std::vector<float> heart(const std::vector<float>& pulse, const AttrBag& attrs) {
  Graph graph;
  const OpDef& op = block_named("heart").op;
  const ValueId x = graph.add_input("pulse", {DType::F32, {static_cast<int64_t>(pulse.size()), 1}, {}});
  graph.outputs = {graph.add_node(op, "heart", {x}, op.attrs.with(attrs))};
  const auto bytes = std::as_bytes(std::span(pulse));
  const std::vector<Buffer> inputs = {{bytes.begin(), bytes.end()}}, results = Interpreter(graph).run(inputs);
  std::vector<float> out(results[0].size() / sizeof(float));
  std::memcpy(out.data(), results[0].data(), results[0].size());
  return out;
}

/// Bumps at these times, in seconds, over a baseline that wanders.
std::vector<float> pulse_at(const std::vector<double>& beats, double seconds, double rate, double width) {
  std::vector<float> x;
  for (int64_t i = 0; static_cast<double>(i) < seconds * rate; ++i) {
    const double t = static_cast<double>(i) / rate;
    double value = 500 + 5 * std::sin(0.9 * t);
    for (const double beat : beats) value += 40 * std::exp(-std::pow((t - beat) / width, 2));
    x.push_back(static_cast<float>(value));
  }
  return x;
}

TEST(Heart, FindsBeatsWhoseTimesAreKnown) {
  const double intervals[] = {800, 830, 790, 900, 810, 780, 850, 800, 820, 790, 860, 840, 800, 815, 790, 805, 870, 800};
  std::vector<double> beats = {0.7};
  for (const double interval : intervals) beats.push_back(beats.back() + interval / 1000);
  double mean = 0, squares = 0, differences = 0, large = 0;
  const size_t count = std::size(intervals);
  for (size_t i = 0; i < count; ++i) {
    mean += intervals[i] / static_cast<double>(count);
    if (i > 0) differences += std::pow(intervals[i] - intervals[i - 1], 2) / static_cast<double>(count - 1);
    if (i > 0 && std::abs(intervals[i] - intervals[i - 1]) > 50) large += 100.0 / static_cast<double>(count - 1);
  }
  for (const double interval : intervals) squares += std::pow(interval - mean, 2) / static_cast<double>(count);
  for (const bool ecg : {false, true}) {
    const std::vector<float> have =
        heart(pulse_at(beats, beats.back() + 0.7, 250, ecg ? 0.02 : 0.12), {{"rate", 250.0}, {"source", std::string(ecg ? "ecg" : "ppg")}});
    EXPECT_EQ(have[kIntervals], static_cast<float>(count));
    EXPECT_EQ(have[kLeftOut], 0);
    EXPECT_NEAR(have[kBpm], 60000 / mean, 0.2);
    EXPECT_NEAR(have[kRmssd], std::sqrt(differences), 3);
    EXPECT_NEAR(have[kSdnn], std::sqrt(squares), 3);
    EXPECT_NEAR(have[kPnn50], large, 6);
  }
}

TEST(Heart, LeavesOutIntervalsAroundABeatThatWasMissed) {
  std::vector<double> beats;
  for (int i = 0; i < 20; ++i)
    if (i != 9) beats.push_back(0.7 + 0.8 * i);
  const std::vector<float> have = heart(pulse_at(beats, 17, 100, 0.12), {});
  EXPECT_NEAR(have[kBpm], 75, 0.2);
  EXPECT_EQ(have[kIntervals], 17);
  EXPECT_GT(have[kLeftOut], 0);
  EXPECT_LT(have[kLeftOut], 0.12F) << "the long interval, or what noise parts it into";
}

TEST(Heart, GivesZerosWithoutBeats) { EXPECT_THAT(heart(std::vector<float>(500, 3.0F), {}), ::testing::Each(0.0F)); }

/// Beats a minute by the lag at which the pulse is most like itself.
double rate_by_likeness(std::span<const float> x, double rate) {
  double mean = 0, best = -1, period = 0;
  for (const float v : x) mean += static_cast<double>(v) / static_cast<double>(x.size());
  for (auto lag = static_cast<size_t>(0.4 * rate); lag < static_cast<size_t>(1.6 * rate); ++lag) {
    double sum = 0, a = 0, b = 0;
    for (size_t i = lag; i < x.size(); ++i) {
      const double p = static_cast<double>(x[i]) - mean, q = static_cast<double>(x[i - lag]) - mean;
      sum += p * q, a += p * p, b += q * q;
    }
    if (const double likeness = sum / std::sqrt(a * b); likeness > best) best = likeness, period = static_cast<double>(lag) / rate;
  }
  return 60 / period;
}

TEST(Heart, AgreesWithTheLikenessOfARecordedPulseToItself) {
  const fs::path file = fs::path(THIMBLE_SOURCE_DIR).parent_path() / "shared/data/biosignal/ppg/ppg_100hz.csv";
  if (!fs::exists(file)) GTEST_SKIP() << "needs ../shared/data (developers and CI have it)";
  std::istringstream text(read_text(file));
  const std::vector<float> x(std::istream_iterator<float>(text), {});
  ASSERT_GT(x.size(), 2400u);
  for (size_t first = 0; first + 800 <= x.size(); first += 200) {
    const std::vector<float> window(x.begin() + static_cast<std::ptrdiff_t>(first), x.begin() + static_cast<std::ptrdiff_t>(first + 800));
    EXPECT_NEAR(heart(window, {})[kBpm], rate_by_likeness(window, 100), 5) << "from second " << first / 100;
  }
}

}  // namespace
}  // namespace thimble

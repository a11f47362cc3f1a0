// Heart rates against beats whose times are known, and against another way to find the period of a recorded pulse.
#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>
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

/// Beats a minute by counting: maxima of the smoothed pulse that nothing within 0.24 s exceeds, and that stand out.
double rate_by_counting(std::span<const float> x, double rate) {
  const auto mean_around = [&](size_t i, double seconds) {
    const auto half = static_cast<size_t>(seconds * rate / 2);
    const size_t first = i > half ? i - half : 0, last = std::min(x.size(), i + half + 1);
    double sum = 0;
    for (size_t k = first; k < last; ++k) sum += static_cast<double>(x[k]);
    return sum / static_cast<double>(last - first);
  };
  std::vector<double> smooth;
  double power = 0;
  for (size_t i = 0; i < x.size(); ++i) smooth.push_back(mean_around(i, 0.12) - mean_around(i, 1.5)), power += smooth[i] * smooth[i];
  const double least = 0.1 * std::sqrt(power / static_cast<double>(x.size()));
  const auto reach = static_cast<size_t>(0.24 * rate);
  std::vector<size_t> beats;
  for (size_t i = reach; i + reach < smooth.size(); ++i) {
    const auto from = smooth.begin() + static_cast<std::ptrdiff_t>(i - reach);
    if (smooth[i] > least &&
        std::max_element(from, from + static_cast<std::ptrdiff_t>(2 * reach + 1)) - from == static_cast<std::ptrdiff_t>(reach))
      beats.push_back(i);
  }
  return beats.size() < 2 ? 0 : 60 * rate * static_cast<double>(beats.size() - 1) / static_cast<double>(beats.back() - beats.front());
}

/// The last column of the lines that are numbers.
std::vector<float> recorded_pulse(const fs::path& file) {
  std::istringstream text(read_text(file));
  std::vector<float> x;
  for (std::string line; std::getline(text, line);) {
    const std::string cell = line.substr(line.rfind(',') + 1);
    if (!cell.empty() && std::isdigit(static_cast<unsigned char>(cell[0]))) x.push_back(std::stof(cell));
  }
  return x;
}

struct Recorded {
  const char* file;
  double rate, seconds;  ///< of a window
  double clear;          ///< share of the windows, at least, in which few intervals are left out
  bool inverted = false;
};

class RecordedPulse : public ::testing::TestWithParam<Recorded> {};

/// Counting and likeness are each fooled now and then, so one of them has to agree in most clear windows.
TEST_P(RecordedPulse, HasTheRateThatCountingAndLikenessTell) {
  const Recorded& r = GetParam();
  const fs::path file = fs::path(THIMBLE_SOURCE_DIR).parent_path() / "shared/data/biosignal/ppg" / r.file;
  if (!fs::exists(file)) GTEST_SKIP() << "needs ../shared/data (developers and CI have it)";
  const std::vector<float> x = recorded_pulse(file);
  const auto size = static_cast<size_t>(r.seconds * r.rate);
  int windows = 0, clear = 0, agree = 0;
  for (size_t first = 0; first + size <= x.size(); first += size) {
    const auto from = x.begin() + static_cast<std::ptrdiff_t>(first);
    const std::vector<float> window(from, from + static_cast<std::ptrdiff_t>(size));
    const std::vector<float> have = heart(window, {{"rate", r.rate}, {"inverted", r.inverted}});
    ++windows;
    if (have[kLeftOut] > 0.2F || have[kIntervals] < 5) continue;
    ++clear;
    const double bpm = have[kBpm], counted = rate_by_counting(window, r.rate), alike = rate_by_likeness(window, r.rate);
    agree += std::min(std::abs(counted - bpm), std::abs(alike - bpm)) < 0.08 * bpm;
    EXPECT_GT(bpm, 40);
    EXPECT_LT(bpm, 150);
    EXPECT_LT(have[kRmssd], 350);
    EXPECT_LT(have[kSdnn], 250);
  }
  std::printf("%s: %d windows, %d clear, in %d of these the rate is that of counting or likeness\n", r.file, windows, clear, agree);
  EXPECT_GE(clear, r.clear * windows);
  EXPECT_GE(agree, 0.85 * clear);
}

// The third says nothing of its rate; 32 a second is what rings of its kind give, and what makes it a heart's.
INSTANTIATE_TEST_SUITE_P(All, RecordedPulse,
                         ::testing::Values(Recorded{"ppg_100hz.csv", 100, 8, 1}, Recorded{"ppg_with_timestamps.csv", 117, 10, 0.3},
                                           Recorded{"smart_ring.csv", 32, 20, 0.4}),
                         [](const auto& info) { return std::string(info.param.file).substr(0, std::string(info.param.file).find('.')); });

}  // namespace
}  // namespace thimble

// Recordings from nothing: of the physics they claim, the same each time, and different where they should be.
#include "data/synthetic.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>
#include <numbers>
#include <set>

#include "base/subprocess.h"
#include "data/data_test.h"
#include "data/windows.h"

namespace thimble {
namespace {

double mean_square(const Recording& r, size_t channel) {
  double sum = 0, squares = 0;
  for (size_t i = channel; i < r.samples.size(); i += r.channels.size()) sum += r.samples[i], squares += r.samples[i] * r.samples[i];
  const auto n = static_cast<double>(r.length());
  return squares / n - sum / n * (sum / n);
}

TEST(MotionGestures, AHandAtRestFeelsGravity) {
  for (const Recording& r : motion_gestures({.gestures = {"idle"}, .each = 8, .noise = 0})) {
    ASSERT_EQ(r.length(), 200);
    ASSERT_EQ(r.channels.size(), 6u);
    for (int64_t t = 0; t < r.length(); ++t) {
      const float* s = &r.samples[static_cast<size_t>(6 * t)];
      EXPECT_NEAR(std::hypot(s[0], s[1], s[2]), 9.81, 1.2);
      EXPECT_LT(std::hypot(s[3], s[4], s[5]), 40);
    }
  }
}

using Axes = std::array<std::array<double, 3>, 3>;

/// The sensor's axes after it turned as the gyroscope says (degrees a second for `seconds`).
Axes turned(const Axes& axes, const float* gyro, double seconds) {
  const double scale = seconds * std::numbers::pi / 180;
  const double x = gyro[0] * scale, y = gyro[1] * scale, z = gyro[2] * scale, angle = std::sqrt(x * x + y * y + z * z);
  if (angle == 0) return axes;
  const double s = std::sin(angle) / angle, c = (1 - std::cos(angle)) / (angle * angle);
  const Axes step{{{1 - c * (y * y + z * z), c * x * y - s * z, c * x * z + s * y},
                   {c * x * y + s * z, 1 - c * (x * x + z * z), c * y * z - s * x},
                   {c * x * z - s * y, c * y * z + s * x, 1 - c * (x * x + y * y)}}};
  Axes out{};
  for (size_t i = 0; i < 3; ++i)
    for (size_t j = 0; j < 3; ++j)
      for (size_t k = 0; k < 3; ++k) out[i][j] += axes[i][k] * step[k][j];
  return out;
}

/// A gesture ends where it began: what the gyroscope feels, added up, is no turn, though there were many on the way.
TEST(MotionGestures, TurnsAddUp) {
  for (const Recording& r : motion_gestures({.gestures = {"flick", "circle"}, .each = 4, .noise = 0})) {
    Axes axes{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    double farthest = 1, rate = 0;
    for (int64_t t = 0; t < r.length(); ++t) {
      const float* gyro = &r.samples[static_cast<size_t>(6 * t) + 3];
      axes = turned(axes, gyro, 1 / r.rate);
      farthest = std::min({farthest, axes[0][0], axes[1][1], axes[2][2]});
      rate = std::max(rate, static_cast<double>(std::hypot(gyro[0], gyro[1], gyro[2])));
    }
    EXPECT_GT(rate, 60) << r.name;
    EXPECT_LT(farthest, 0.97) << r.name;
    for (size_t a = 0; a < 3; ++a) EXPECT_GT(axes[a][a], 0.999) << r.name;
  }
}

TEST(MotionGestures, AreTheSameForTheSameSeed) {
  const auto a = motion_gestures({.each = 3}), b = motion_gestures({.each = 3}), c = motion_gestures({.each = 3, .seed = 2});
  ASSERT_EQ(a.size(), 15u);
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].samples, b[i].samples);
    EXPECT_NE(a[i].samples, c[i].samples);
  }
  const Dataset data = make_dataset(motion_gestures({.each = 16}));
  EXPECT_EQ(data.classes.size(), 5u);
  EXPECT_GT(data.test.count(), 0);
}

TEST(MotionGestures, EveryGestureCanBeMade) {
  MotionOptions all{.each = 1};
  all.gestures.assign(known_gestures().begin(), known_gestures().end());
  EXPECT_EQ(motion_gestures(all).size(), 10u);
  EXPECT_EQ(fault_of([] { motion_gestures({.gestures = {"cirlce"}}); }), "error: there is no gesture 'cirlce'; did you mean 'circle'?\n");
}

TEST(MachineSeries, FaultsShake) {
  const auto all = machine_series({.states = {"normal", "imbalance", "hot"}, .each = 6, .noise = 0});
  double normal = 0, imbalance = 0, cool = 0, hot = 0;
  for (const Recording& r : all) {
    (r.label == "normal" ? normal : imbalance) += r.label == "hot" ? 0 : mean_square(r, 0);
    if (r.label == "normal") cool += r.samples[2];
    if (r.label == "hot") hot += r.samples[2];
  }
  EXPECT_GT(imbalance, 3 * normal);
  EXPECT_GT(hot, cool + 6 * 10);
  EXPECT_EQ(fault_of([] { machine_series({.states = {"norml"}}); }),
            "error: there is no state 'norml' of a machine; did you mean 'normal'?\n");
}

TEST(MachineSeries, TellsTheSpeed) {
  const auto all = machine_series({.states = {"normal"}, .label = MachineLabel::Speed, .each = 10, .noise = 0});
  const Dataset data = make_dataset(all, {}, {}, Labels::Number);
  for (const float speed : data.train.targets) EXPECT_TRUE(speed > 15 && speed < 45) << speed;
}

TEST(DrawnShapes, DifferByShapeAndSeed) {
  const auto all = drawn_shapes({.shapes = {"circle", "square", "triangle", "cross", "ring", "star", "empty"}, .each = 2});
  ASSERT_EQ(all.size(), 14u);
  std::set<std::vector<float>> different;
  for (const Recording& r : all) {
    EXPECT_EQ(r.width, 32);
    EXPECT_EQ(r.height(), 32);
    different.insert(r.samples);
  }
  EXPECT_EQ(different.size(), all.size());
  EXPECT_EQ(drawn_shapes({.each = 1})[0].samples, drawn_shapes({.each = 1})[0].samples);
  EXPECT_EQ(fault_of([] { drawn_shapes({.shapes = {"sqare"}}); }), "error: there is no shape 'sqare'; did you mean 'square'?\n");
}

TEST(SpokenWords, AreSpokenByManyVoices) {
  if (!find_program("espeak-ng")) GTEST_SKIP() << "espeak-ng is not installed";
  Progress quiet;
  const SpeechOptions options{.each = 4, .others = 4, .noises = 2, .voices = 3};
  const auto all = spoken_words({"lamp", "door"}, options, quiet);
  ASSERT_EQ(all.size(), 14u);
  std::set<std::string> labels, groups;
  for (const Recording& r : all) {
    EXPECT_EQ(r.length(), 16000);
    labels.insert(r.label), groups.insert(r.group);
  }
  EXPECT_EQ(labels, (std::set<std::string>{"lamp", "door", "other", "noise"}));
  EXPECT_EQ(groups.size(), 3u);
  const auto again = spoken_words({"lamp", "door"}, options, quiet);
  for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].samples, again[i].samples) << all[i].name;
}

TEST(SpokenWords, RefuseWhatCannotBeSpoken) {
  if (!find_program("espeak-ng")) GTEST_SKIP() << "espeak-ng is not installed";
  Progress quiet;
  const auto told = [&](const std::vector<std::string>& words) {
    return fault_of([&] { spoken_words(words, {.each = 1, .others = 1, .noises = 1, .voices = 1}, quiet); });
  };
  const std::string hint = "\n  words = [\"lamp\", \"door\"] in thimble.toml; thimble demo keyword --words \"lamp,door\"\n";
  EXPECT_EQ(told({}), "error: there are no words to speak" + hint);
  EXPECT_EQ(told({"lamp", " "}), "error: one of the words to speak is empty" + hint);
  EXPECT_EQ(told({"lamp", "door", "lamp"}), "error: the word 'lamp' is there twice" + hint);
  EXPECT_EQ(told({"lamp", "noise"}), "error: 'noise' is a class of its own already, so it cannot be a word to speak" + hint);
  for (const char* word : {"-", "???"})
    EXPECT_EQ(told({"lamp", word}), fmt::format("error: espeak-ng makes no sound of '{}'\n  spell it in letters, as it is said\n", word));
}

TEST(SpokenWords, TellWhatIsMissing) {
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nowhere", 1);
  Progress quiet;
  EXPECT_EQ(fault_of([&] { spoken_words({"lamp"}, {}, quiet); }),
            "error: espeak-ng, which speaks the words, is not installed\n  apt-get install espeak-ng; or record the words yourself\n");
  setenv("PATH", path.c_str(), 1);
}

}  // namespace
}  // namespace thimble

// Each change does what it says, no more, and the same again for the same seed.
#include "data/augment.h"

#include <gmock/gmock.h>

#include <cmath>

namespace thimble {
namespace {

Examples signals(int64_t count, int64_t length, int64_t channels) {
  Examples e{.shape = {length, channels}};
  for (int64_t i = 0; i < count; ++i) {
    for (int64_t t = 0; t < length; ++t)
      for (int64_t c = 0; c < channels; ++c)
        e.values.push_back(static_cast<float>(std::sin(0.1 * static_cast<double>(t * (c + 1))) * 5 + static_cast<double>(i)));
    e.source.push_back(static_cast<int32_t>(i)), e.start.push_back(0), e.labels.push_back(0);
  }
  return e;
}

double distance(const Examples& a, const Examples& b) {
  double most = 0;
  for (size_t i = 0; i < a.values.size(); ++i) most = std::max(most, std::abs(static_cast<double>(a.values[i] - b.values[i])));
  return most;
}

TEST(Augment, NothingAskedNothingChanged) {
  const Examples e = signals(4, 50, 3);
  EXPECT_EQ(augmented(e, {}, 100, 1).values, e.values);
  EXPECT_EQ(augmented(e, {.chance = 0, .jitter = 1}, 100, 1).values, e.values);
  EXPECT_EQ(masked(e, {}, 1).values, e.values);
}

TEST(Augment, IsTheSameForTheSameSeed) {
  const Examples e = signals(4, 50, 3);
  const AugmentOptions all{
      .rotation = 20, .scaling = 0.2, .jitter = 0.1, .time_warp = 0.2, .time_shift = 0.2, .dropped = 0.2, .gain_db = 3};
  EXPECT_EQ(augmented(e, all, 100, 1).values, augmented(e, all, 100, 1).values);
  EXPECT_GT(distance(augmented(e, all, 100, 1), augmented(e, all, 100, 2)), 0.1);
  EXPECT_EQ(augmented(e, all, 100, 1).labels, e.labels);
}

TEST(Augment, RotationKeepsLengths) {
  const Examples e = signals(8, 20, 6), turned = augmented(e, {.chance = 1, .rotation = 90}, 100, 3);
  EXPECT_GT(distance(e, turned), 1);
  for (size_t i = 0; i < e.values.size(); i += 3)
    EXPECT_NEAR(std::hypot(e.values[i], e.values[i + 1], e.values[i + 2]),
                std::hypot(turned.values[i], turned.values[i + 1], turned.values[i + 2]), 1e-4);
  EXPECT_EQ(augmented(signals(2, 20, 2), {.chance = 1, .rotation = 90}, 100, 3).values, signals(2, 20, 2).values) << "no vectors";
}

TEST(Augment, ScalingStaysWithinItsRange) {
  const Examples e = signals(20, 20, 1), scaled = augmented(e, {.chance = 1, .scaling = 0.25}, 100, 3);
  for (size_t i = 0; i < e.values.size(); ++i) {
    if (std::abs(e.values[i]) < 0.1f) continue;
    const float factor = scaled.values[i] / e.values[i];
    EXPECT_TRUE(factor > 0.749f && factor < 1.251f) << factor;
  }
}

TEST(Augment, SpeedChangesThePaceOfAWholeWindow) {
  Examples ramp{.shape = {100, 2}};
  for (int t = 0; t < 100; ++t) ramp.values.insert(ramp.values.end(), {static_cast<float>(t), 0.0f});
  ramp.source = {0};
  float slowest = 1, fastest = 1;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    const Examples other = augmented(ramp, {.chance = 1, .speed = 0.5}, 100, seed);
    float pace = 0;
    for (size_t t = 1; t < 100; ++t) {
      const float step = other.values[2 * t] - other.values[2 * t - 2];
      EXPECT_GE(step, 0) << "the ends stay, time does not run back";
      pace = std::max(pace, step);
    }
    slowest = std::min(slowest, pace), fastest = std::max(fastest, pace);
    if (pace > 1) {
      EXPECT_EQ(other.values[198] - other.values[0], 99) << "what is faster is in the window as a whole";
    }
  }
  EXPECT_TRUE(slowest >= 0.499f && slowest < 0.7f) << slowest;
  EXPECT_TRUE(fastest <= 2.001f && fastest > 1.5f) << fastest;
}

TEST(Augment, TimeRunsForwards) {
  Examples ramp{.shape = {100, 1}};
  for (int t = 0; t < 100; ++t) ramp.values.push_back(static_cast<float>(t));
  ramp.source = {0};
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Examples warped = augmented(ramp, {.chance = 1, .time_warp = 0.4}, 100, seed);
    for (size_t t = 1; t < 100; ++t) EXPECT_GE(warped.values[t], warped.values[t - 1]);
    const Examples late = augmented(ramp, {.chance = 1, .time_shift = 0.3}, 100, seed);
    const float by = late.values[50] - 50;
    EXPECT_EQ(by, std::round(by));
    EXPECT_LE(std::abs(by), 30);
  }
}

TEST(Augment, DroppedSamplesKeepTheOneBefore) {
  const Examples e = signals(1, 200, 2), lossy = augmented(e, {.chance = 1, .dropped = 0.5}, 100, 5);
  int held = 0;
  for (size_t t = 1; t < 200; ++t) {
    const bool same = lossy.values[2 * t] == lossy.values[2 * t - 2] && lossy.values[2 * t + 1] == lossy.values[2 * t - 1];
    held += same;
    EXPECT_TRUE(same || lossy.values[2 * t] == e.values[2 * t]);
  }
  EXPECT_TRUE(held > 0 && held < 120) << held;
}

TEST(Augment, BackgroundLiesAsFarBelowAsItSays) {
  const Examples e = signals(10, 1000, 1);
  const Examples noisy = augmented(e, {.chance = 1, .background = 1, .background_db = 20}, 8000, 5);
  for (int64_t i = 0; i < e.count(); ++i) {
    double power = 0, noise = 0;
    for (size_t t = 0; t < 1000; ++t) {
      const double x = e.example(i)[t], d = noisy.example(i)[t] - e.example(i)[t];
      power += x * x, noise += d * d;
    }
    EXPECT_LE(noise, power / 100 * 1.01);
  }
}

TEST(Augment, PicturesAreFlippedAndMoved) {
  Examples e{.shape = {2, 3, 1}, .values = {1, 2, 3, 4, 5, 6}};
  e.source = {0};
  EXPECT_THAT(augmented(e, {.chance = 1, .flip = 1}, 0, 1).values, ::testing::ElementsAre(3, 2, 1, 6, 5, 4));
  bool moved = false;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    const auto values = augmented(e, {.chance = 1, .shift = 0.4}, 0, seed).values;
    moved |= values != e.values;
    for (const float x : values) EXPECT_TRUE(x >= 1 && x <= 6);
  }
  EXPECT_TRUE(moved);
  for (const float x : augmented(e, {.chance = 1, .brightness = 0.5, .contrast = 0.5}, 0, 1).values) EXPECT_TRUE(x >= 0 && x <= 255);
}

/// A bright spot on black, off the middle by `dx` and `dy`; 21 pixels high.
Examples spot(int64_t dx, int64_t dy, int64_t width = 21) {
  Examples e{.shape = {21, width, 1}, .values = std::vector<float>(static_cast<size_t>(21 * width))};
  for (int64_t y = -1; y <= 1; ++y)
    for (int64_t x = -1; x <= 1; ++x) e.values[static_cast<size_t>((10 + dy + y) * width + width / 2 + dx + x)] = 100;
  e.source = {0};
  return e;
}

struct Place {
  double x = 0, y = 0, mass = 0;
};

/// Where the light of a picture lies, seen from its middle, and how much there is.
Place light_in(const Examples& e) {
  Place at;
  for (int64_t i = 0; i < e.elements(); ++i) {
    const int64_t height = e.shape[0], width = e.shape[1];
    const auto v = static_cast<double>(e.values[static_cast<size_t>(i)]);
    at.x += v * static_cast<double>(i % width - width / 2), at.y += v * static_cast<double>(i / width - height / 2), at.mass += v;
  }
  at.x /= at.mass, at.y /= at.mass;
  return at;
}

TEST(Augment, PicturesAreTurnedZoomedAndSheared) {
  double turned = 0, sheared = 0, grown = 0;
  for (uint64_t seed = 0; seed < 30; ++seed) {
    const Place by_turn = light_in(augmented(spot(7, 0), {.chance = 1, .turn = 45}, 0, seed));
    EXPECT_NEAR(std::hypot(by_turn.x, by_turn.y), 7, 0.1) << "as far from the middle as it was";
    EXPECT_LE(std::abs(by_turn.y), 7 * std::sqrt(0.5) + 0.1);
    turned = std::max(turned, std::abs(by_turn.y));
    const Place by_shear = light_in(augmented(spot(0, 6), {.chance = 1, .shear = 0.5}, 0, seed));
    EXPECT_NEAR(by_shear.y, 6, 0.1);
    EXPECT_LE(std::abs(by_shear.x), 3.1);
    sheared = std::max(sheared, std::abs(by_shear.x));
    const Place by_zoom = light_in(augmented(spot(4, 0), {.chance = 1, .zoom = 0.3}, 0, seed));
    EXPECT_NEAR(by_zoom.y, 0, 0.1);
    EXPECT_TRUE(by_zoom.x > 4 * 0.69 && by_zoom.x < 4 * 1.31) << by_zoom.x;
    grown = std::max(grown, by_zoom.mass);
  }
  EXPECT_GT(turned, 3);
  EXPECT_GT(sheared, 1.5);
  EXPECT_GT(grown, 1000) << "a larger spot has more light";
}

/// Three times as wide as high.
TEST(Augment, WidePicturesKeepTheirShapes) {
  double turned = 0, sheared = 0;
  for (uint64_t seed = 0; seed < 30; ++seed) {
    const Place by_turn = light_in(augmented(spot(7, 0, 63), {.chance = 1, .turn = 90}, 0, seed));
    EXPECT_NEAR(std::hypot(by_turn.x, by_turn.y), 7, 0.1) << "as far from the middle as it was";
    EXPECT_NEAR(by_turn.mass, 900, 20) << "as large as it was";
    turned = std::max(turned, std::abs(by_turn.y));
    const Place by_shear = light_in(augmented(spot(0, 6, 63), {.chance = 1, .shear = 0.5}, 0, seed));
    EXPECT_NEAR(by_shear.y, 6, 0.1);
    EXPECT_LE(std::abs(by_shear.x), 3.1) << "by a part of the height";
    sheared = std::max(sheared, std::abs(by_shear.x));
    const Place by_shift = light_in(augmented(spot(0, 0, 63), {.chance = 1, .shift = 0.3, .turn = 1e-9}, 0, seed));
    EXPECT_TRUE(std::abs(by_shift.x) < 19 && std::abs(by_shift.y) < 6.4) << by_shift.x << ", " << by_shift.y;
  }
  EXPECT_GT(turned, 6.5);
  EXPECT_GT(sheared, 1.5);
}

TEST(Augment, PicturesAreBentNoFurtherThanSaid) {
  double most = 0;
  for (uint64_t seed = 0; seed < 30; ++seed) {
    const Place at = light_in(augmented(spot(0, 0), {.chance = 1, .bend = 0.1}, 0, seed));
    EXPECT_LE(std::max(std::abs(at.x), std::abs(at.y)), 2.6);
    most = std::max(most, std::abs(at.x));
  }
  EXPECT_GT(most, 0.7);
}

TEST(Augment, MasksBlotOutStretchesAndBands) {
  Examples e = signals(6, 40, 10);
  const Examples out = masked(e, {.chance = 1, .time_masks = 1, .frequency_masks = 1, .time_mask = 0.25, .frequency_mask = 0.3}, 2);
  size_t changed = 0;
  for (size_t i = 0; i < e.values.size(); ++i) changed += e.values[i] != out.values[i];
  EXPECT_GT(changed, 0u);
  EXPECT_LT(changed, e.values.size() / 2);
}

}  // namespace
}  // namespace thimble

#include "data/background.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace thimble {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr std::string_view kNames[] = {"hiss", "rumble", "hum", "clatter", "silence"};

std::vector<float> hiss(Random& random, double, int64_t count) {
  const double dull = random.uniform(0, 0.9);
  std::vector<float> out;
  double held = 0;
  for (int64_t i = 0; i < count; ++i) out.push_back(static_cast<float>(held = dull * held + (1 - dull) * random.normal()));
  return out;
}

/// As strong in each octave: three low passes of different laziness over the same noise.
std::vector<float> rumble(Random& random, double, int64_t count) {
  std::vector<float> out;
  double a = 0, b = 0, c = 0;
  for (int64_t i = 0; i < count; ++i) {
    const double white = random.normal();
    a = 0.9976 * a + 0.099 * white, b = 0.963 * b + 0.2965 * white, c = 0.57 * c + 1.0527 * white;
    out.push_back(static_cast<float>(a + b + c + 0.1848 * white));
  }
  return out;
}

std::vector<float> hum(Random& random, double rate, int64_t count) {
  const double mains = random.chance(0.5) ? 50 : 60, phase = random.uniform(0, kTurn), second = random.uniform(0.2, 1);
  std::vector<float> out;
  for (int64_t i = 0; i < count; ++i) {
    const double angle = kTurn * mains * static_cast<double>(i) / rate + phase;
    out.push_back(static_cast<float>(std::sin(angle) + second * std::sin(2 * angle) + 0.4 * std::sin(3 * angle) + 0.05 * random.normal()));
  }
  return out;
}

/// Knocks that ring and die away, on a little hiss.
std::vector<float> clatter(Random& random, double rate, int64_t count) {
  std::vector<float> out = hiss(random, rate, count);
  for (float& x : out) x *= 0.05f;
  const int64_t knocks = 2 + random.below(8);
  for (int64_t k = 0; k < knocks; ++k) {
    const double hz = random.uniform(200, 0.35 * rate), fade = random.uniform(30, 300), strength = random.uniform(0.2, 1);
    const int64_t begin = random.below(count);
    for (int64_t i = begin; i < count; ++i) {
      const double t = static_cast<double>(i - begin) / rate;
      if (t * fade > 8) break;
      out[static_cast<size_t>(i)] += static_cast<float>(strength * std::exp(-t * fade) * std::sin(kTurn * hz * t));
    }
  }
  return out;
}

}  // namespace

std::span<const std::string_view> background_kinds() { return kNames; }

double level_of(std::span<const float> signal) {
  double sum = 0;
  for (const float x : signal) sum += static_cast<double>(x) * static_cast<double>(x);
  return signal.empty() ? 0 : std::sqrt(sum / static_cast<double>(signal.size()));
}

std::vector<float> background(Random& random, double rate, int64_t count) {
  using Make = std::vector<float> (*)(Random&, double, int64_t);
  static constexpr Make kMakes[] = {hiss, rumble, hum, clatter, hiss};
  const auto kind = static_cast<size_t>(random.below(std::ssize(kMakes)));
  std::vector<float> out = kMakes[kind](random, rate, count);
  const double level = level_of(out), wanted = kNames[kind] == "silence" ? 0.02 : 1;
  for (float& x : out) x = static_cast<float>(x * wanted / std::max(level, 1e-9));
  return out;
}

void add_background(std::span<float> signal, Random& random, double rate, double decibels) {
  const std::vector<float> noise = background(random, rate, static_cast<int64_t>(signal.size()));
  const double level = level_of(signal) / std::pow(10, decibels / 20);
  for (size_t i = 0; i < signal.size(); ++i) signal[i] += static_cast<float>(level * static_cast<double>(noise[i]));
}

}  // namespace thimble

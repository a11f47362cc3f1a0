#include "data/augment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "base/parallel.h"
#include "base/random.h"
#include "data/background.h"

namespace thimble {
namespace {

/// One window of a signal: samples x channels.
struct Signal {
  std::span<float> values;
  size_t channels;

  size_t length() const { return values.size() / channels; }
  float& at(size_t t, size_t c) { return values[t * channels + c]; }
};

/// A rotation by up to `degrees` about any axis (Rodrigues' formula), of every three channels.
void rotate(Signal signal, double degrees, Random& random) {
  if (signal.channels % 3 != 0) return;
  const double height = random.uniform(-1, 1), turn = random.uniform(0, 2 * std::numbers::pi), flat = std::sqrt(1 - height * height);
  const std::array<double, 3> k{flat * std::cos(turn), flat * std::sin(turn), height};
  const double angle = random.uniform(-degrees, degrees) * std::numbers::pi / 180, s = std::sin(angle), c = std::cos(angle);
  for (size_t t = 0; t < signal.length(); ++t)
    for (size_t first = 0; first < signal.channels; first += 3) {
      std::array<double, 3> v;
      for (size_t a = 0; a < 3; ++a) v[a] = static_cast<double>(signal.at(t, first + a));
      const double along = (k[0] * v[0] + k[1] * v[1] + k[2] * v[2]) * (1 - c);
      for (size_t a = 0; a < 3; ++a) {
        const size_t b = (a + 1) % 3, d = (a + 2) % 3;
        signal.at(t, first + a) = static_cast<float>(v[a] * c + (k[b] * v[d] - k[d] * v[b]) * s + k[a] * along);
      }
    }
}

void multiply(std::span<float> values, double factor) {
  for (float& x : values) x = static_cast<float>(static_cast<double>(x) * factor);
}

void jitter(Signal signal, double part, Random& random) {
  for (size_t c = 0; c < signal.channels; ++c) {
    double sum = 0, squares = 0;
    for (size_t t = 0; t < signal.length(); ++t) {
      const auto x = static_cast<double>(signal.at(t, c));
      sum += x, squares += x * x;
    }
    const auto n = static_cast<double>(signal.length());
    const double deviation = part * std::sqrt(std::max(0.0, squares / n - sum / n * (sum / n)));
    for (size_t t = 0; t < signal.length(); ++t) signal.at(t, c) += static_cast<float>(deviation * random.normal());
  }
}

/// Reads every sample at another time; `when` must stay within the signal.
template <class When>
void read_at(Signal signal, When when) {
  const std::vector<float> old(signal.values.begin(), signal.values.end());
  const auto last = static_cast<double>(signal.length() - 1);
  for (size_t t = 0; t < signal.length(); ++t) {
    const double place = std::clamp(when(static_cast<double>(t)), 0.0, last), whole = std::floor(place);
    const auto here = static_cast<size_t>(whole), next = std::min(here + 1, signal.length() - 1);
    const auto part = static_cast<float>(place - whole);
    for (size_t c = 0; c < signal.channels; ++c)
      signal.at(t, c) = old[here * signal.channels + c] * (1 - part) + old[next * signal.channels + c] * part;
  }
}

/// Time runs by the integral of 1 + part * cos: never backwards, as part is below 1.
void warp(Signal signal, double part, Random& random) {
  const double speed = random.uniform(-part, part), waves = random.uniform(0.5, 2) * 2 * std::numbers::pi;
  const double length = std::max(1.0, static_cast<double>(signal.length() - 1)), phase = random.uniform(0, 2 * std::numbers::pi);
  read_at(signal, [&](double t) { return t + speed * length / waves * (std::sin(waves * t / length + phase) - std::sin(phase)); });
}

/// Around sound that is moved lies silence; of other signals the ends stay.
template <class When>
void move_in_time(Signal signal, When when) {
  read_at(signal, when);
  if (signal.channels > 1) return;
  const auto length = static_cast<double>(signal.length());
  for (size_t t = 0; t < signal.length(); ++t)
    if (const double from = when(static_cast<double>(t)); from < 0 || from >= length) signal.at(t, 0) = 0;
}

void shift(Signal signal, double part, Random& random) {
  const double by = std::round(random.uniform(-part, part) * static_cast<double>(signal.length()));
  move_in_time(signal, [&](double t) { return t + by; });
}

/// What is faster lies anywhere in the window; of what is slower any part is seen.
void hurry(Signal signal, double part, Random& random) {
  const double most = -std::log(1 - part), pace = std::exp(random.uniform(-most, most));
  const double slack = (1 - pace) * static_cast<double>(signal.length() - 1),
               by = random.uniform(std::min(0.0, slack), std::max(0.0, slack));
  move_in_time(signal, [&](double t) { return pace * t + by; });
}

void drop(Signal signal, double part, Random& random) {
  const double lost = random.uniform(0, part);
  for (size_t t = 1; t < signal.length(); ++t)
    if (random.chance(lost))
      for (size_t c = 0; c < signal.channels; ++c) signal.at(t, c) = signal.at(t - 1, c);
}

void change_signal(Signal signal, const AugmentOptions& o, double rate, Random& random) {
  if (o.speed > 0) hurry(signal, o.speed, random);
  if (o.time_warp > 0) warp(signal, o.time_warp, random);
  if (o.time_shift > 0) shift(signal, o.time_shift, random);
  if (o.rotation > 0) rotate(signal, o.rotation, random);
  if (o.scaling > 0) multiply(signal.values, random.uniform(1 - o.scaling, 1 + o.scaling));
  if (o.gain_db > 0) multiply(signal.values, std::pow(10, random.uniform(-o.gain_db, o.gain_db) / 20));
  if (o.background > 0 && signal.channels == 1 && random.chance(o.background))
    add_background(signal.values, random, rate > 0 ? rate : 16000, o.background_db + random.uniform(0, 25));
  if (o.jitter > 0) jitter(signal, random.uniform(0, o.jitter), random);
  if (o.dropped > 0) drop(signal, o.dropped, random);
}

struct Picture {
  std::span<float> values;
  int64_t height, width, channels;

  size_t index(int64_t y, int64_t x, int64_t c) const { return static_cast<size_t>((y * width + x) * channels + c); }
};

/// Moves, with what is at the edge drawn out, and mirrors.
void move(Picture picture, const AugmentOptions& o, Random& random) {
  const bool mirrored = random.chance(o.flip);
  const auto along = [&](int64_t size) { return std::llround(random.uniform(-o.shift, o.shift) * static_cast<double>(size)); };
  const int64_t dx = along(picture.width), dy = along(picture.height);
  const std::vector<float> old(picture.values.begin(), picture.values.end());
  for (int64_t y = 0; y < picture.height; ++y)
    for (int64_t x = 0; x < picture.width; ++x) {
      const int64_t from_y = std::clamp<int64_t>(y - dy, 0, picture.height - 1),
                    straight = std::clamp<int64_t>(x - dx, 0, picture.width - 1);
      const int64_t from_x = mirrored ? picture.width - 1 - straight : straight;
      for (int64_t c = 0; c < picture.channels; ++c) picture.values[picture.index(y, x, c)] = old[picture.index(from_y, from_x, c)];
    }
}

/// Where a point of a changed picture was in the old one; both seen from the middle, with the picture's height for 1 along both axes: what
/// is turned keeps its shape, however wide the picture.
class Motion {
 public:
  Motion(const AugmentOptions& o, double width, Random& random) : bend_(o.bend), width_(width), mirror_(random.chance(o.flip) ? -1 : 1) {
    const double angle = random.uniform(-o.turn, o.turn) * std::numbers::pi / 180, lean = random.uniform(-o.shear, o.shear);
    const double s = std::sin(angle), c = std::cos(angle);
    const double wide = random.uniform(1 - o.zoom, 1 + o.zoom), high = wide * random.uniform(1 - o.zoom / 2, 1 + o.zoom / 2);
    matrix_ = {c / wide, (lean * c - s) / high, s / wide, (lean * s + c) / high};
    by_ = {width * random.uniform(-o.shift, o.shift), random.uniform(-o.shift, o.shift)};
    for (Wave& wave : waves_)
      wave = {random.uniform(-7, 7), random.uniform(-7, 7), random.uniform(0, 2 * std::numbers::pi), random.uniform(0.5, 1)};
  }

  std::array<double, 2> from(double x, double y) const {
    x -= by_[0], y -= by_[1];
    const double u = matrix_[0] * x + matrix_[1] * y, v = matrix_[2] * x + matrix_[3] * y;
    if (bend_ == 0) return {mirror_ * u, v};
    return {mirror_ * (u + bend_ * width_ * (at(0, u, v) + at(1, u, v)) / 2), v + bend_ * (at(2, u, v) + at(3, u, v)) / 2};
  }

 private:
  struct Wave {
    double x = 0, y = 0, phase = 0, size = 0;
  };
  double at(size_t wave, double u, double v) const {
    const Wave& w = waves_[wave];
    return w.size * std::sin(w.x * u + w.y * v + w.phase);
  }

  double bend_, width_, mirror_;
  std::array<double, 4> matrix_;
  std::array<double, 2> by_;
  std::array<Wave, 4> waves_;
};

/// Every pixel read between four of the old ones; what is at the edge is drawn out.
void deform(Picture picture, const AugmentOptions& o, Random& random) {
  const std::vector<float> old(picture.values.begin(), picture.values.end());
  const auto width = static_cast<double>(picture.width), height = static_cast<double>(picture.height);
  const double wide = width / height;
  const Motion motion(o, wide, random);
  for (int64_t y = 0; y < picture.height; ++y)
    for (int64_t x = 0; x < picture.width; ++x) {
      const auto [u, v] = motion.from(((static_cast<double>(x) + 0.5) / width - 0.5) * wide, (static_cast<double>(y) + 0.5) / height - 0.5);
      const double px = std::clamp((u / wide + 0.5) * width - 0.5, 0.0, width - 1),
                   py = std::clamp((v + 0.5) * height - 0.5, 0.0, height - 1);
      const auto left = static_cast<int64_t>(px), top = static_cast<int64_t>(py);
      const int64_t right = std::min(left + 1, picture.width - 1), below = std::min(top + 1, picture.height - 1);
      const auto a = static_cast<float>(px - std::floor(px)), b = static_cast<float>(py - std::floor(py));
      for (int64_t c = 0; c < picture.channels; ++c) {
        const float upper = old[picture.index(top, left, c)] * (1 - a) + old[picture.index(top, right, c)] * a;
        const float lower = old[picture.index(below, left, c)] * (1 - a) + old[picture.index(below, right, c)] * a;
        picture.values[picture.index(y, x, c)] = upper * (1 - b) + lower * b;
      }
    }
}

void change_picture(Picture picture, const AugmentOptions& o, Random& random) {
  if (o.turn > 0 || o.zoom > 0 || o.shear > 0 || o.bend > 0)
    deform(picture, o, random);
  else if (o.flip > 0 || o.shift > 0)
    move(picture, o, random);
  if (o.brightness <= 0 && o.contrast <= 0) return;
  const double light = 255 * random.uniform(-o.brightness, o.brightness), factor = random.uniform(1 - o.contrast, 1 + o.contrast);
  double mean = 0;
  for (const float x : picture.values) mean += static_cast<double>(x);
  mean /= static_cast<double>(picture.values.size());
  for (float& x : picture.values) x = static_cast<float>(std::clamp((static_cast<double>(x) - mean) * factor + mean + light, 0.0, 255.0));
}

/// A stretch of up to `part` of `size`, anywhere.
std::pair<int64_t, int64_t> stretch(int64_t size, double part, Random& random) {
  const auto length = static_cast<int64_t>(random.uniform(0, part) * static_cast<double>(size) + 0.5);
  const int64_t begin = random.below(size - std::min(length, size) + 1);
  return {begin, std::min(size, begin + length)};
}

void mask(std::span<float> values, int64_t frames, int64_t bands, const AugmentOptions& o, Random& random) {
  double sum = 0;
  for (const float x : values) sum += static_cast<double>(x);
  const auto mean = static_cast<float>(sum / static_cast<double>(values.size()));
  for (int64_t i = 0; i < o.time_masks; ++i) {
    const auto [begin, end] = stretch(frames, o.time_mask, random);
    std::fill(values.begin() + begin * bands, values.begin() + end * bands, mean);
  }
  for (int64_t i = 0; i < o.frequency_masks; ++i) {
    const auto [begin, end] = stretch(bands, o.frequency_mask, random);
    for (int64_t f = 0; f < frames; ++f) std::fill(values.begin() + f * bands + begin, values.begin() + f * bands + end, mean);
  }
}

/// Each example that chance chooses, changed from random numbers of its own: in whatever order they are made, they are the same.
template <class Change>
Examples changed(const Examples& examples, const AugmentOptions& options, uint64_t seed, Change change) {
  constexpr int64_t kChunk = 64;
  Examples out = examples;
  const auto each = static_cast<size_t>(examples.elements());
  Progress silent;
  in_parallel(static_cast<size_t>((out.count() + kChunk - 1) / kChunk), "", silent, [&](size_t chunk) {
    const auto first = static_cast<int64_t>(chunk) * kChunk;
    for (int64_t i = first; i < std::min(first + kChunk, out.count()); ++i) {
      Random random(seed, static_cast<uint64_t>(i));
      if (random.chance(options.chance)) change(out.shape, std::span(out.values).subspan(static_cast<size_t>(i) * each, each), random);
    }
  });
  return out;
}

}  // namespace

Examples augmented(const Examples& examples, const AugmentOptions& options, double rate, uint64_t seed) {
  return changed(examples, options, seed, [&](const Shape& shape, std::span<float> values, Random& random) {
    if (shape.size() == 3)
      change_picture({values, shape[0], shape[1], shape[2]}, options, random);
    else
      change_signal({values, shape.size() == 2 ? static_cast<size_t>(shape[1]) : 1}, options, rate, random);
  });
}

Examples masked(const Examples& features, const AugmentOptions& options, uint64_t seed) {
  const Shape& shape = features.shape;
  const bool in_time = shape.size() == 2 || (shape.size() == 3 && shape[2] == 1);
  if (!in_time || options.time_masks + options.frequency_masks == 0) return features;
  return changed(features, options, seed,
                 [&](const Shape&, std::span<float> values, Random& random) { mask(values, shape[0], shape[1], options, random); });
}

}  // namespace thimble

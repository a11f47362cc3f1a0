#include "data/resample.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

namespace thimble {
namespace {

constexpr double kCrossings = 16;  // to each side
constexpr double kPassed = 0.94;   // of the lower rate's half: the rest is the filter's slope

/// Weights of the samples around a point that lies `fraction` behind a sample: offsets -reach+1 .. reach.
class Sinc {
 public:
  Sinc(double from, double to) : cut_(kPassed * std::min(1.0, to / from)), reach_(static_cast<int64_t>(std::ceil(kCrossings / cut_))) {}

  int64_t reach() const { return reach_; }

  /// Whole rates come back to the same fractions again and again: each is computed once.
  const std::vector<double>& weights(double fraction) {
    const auto key = static_cast<int64_t>(std::llround(fraction * (1 << 24)));
    const auto found = known_.find(key);
    if (found != known_.end()) return found->second;
    if (known_.size() > 20000) known_.clear();
    std::vector<double> all;
    for (int64_t i = 1 - reach_; i <= reach_; ++i) all.push_back(weight(static_cast<double>(i) - fraction));
    return known_.emplace(key, std::move(all)).first->second;
  }

 private:
  double weight(double distance) const {
    const double x = distance / static_cast<double>(reach_);
    if (std::abs(x) >= 1) return 0;
    const double turn = std::numbers::pi * cut_ * distance;
    const double sinc = turn == 0 ? 1 : std::sin(turn) / turn;
    return cut_ * sinc * (0.42 + 0.5 * std::cos(std::numbers::pi * x) + 0.08 * std::cos(2 * std::numbers::pi * x));  // Blackman
  }

  double cut_;
  int64_t reach_;
  std::map<int64_t, std::vector<double>> known_;
};

}  // namespace

std::vector<float> resample(std::span<const float> samples, size_t channels, double from, double to) {
  if (from == to || channels == 0) return {samples.begin(), samples.end()};
  const auto length = static_cast<int64_t>(samples.size() / channels);
  const auto wanted = std::max<int64_t>(1, std::llround(static_cast<double>(length) * to / from));
  Sinc sinc(from, to);
  std::vector<float> out(static_cast<size_t>(wanted) * channels);
  std::vector<double> sums(channels);
  for (int64_t i = 0; i < wanted; ++i) {
    const double place = static_cast<double>(i) * from / to;
    const auto whole = static_cast<int64_t>(std::floor(place));
    const std::vector<double>& weights = sinc.weights(place - static_cast<double>(whole));
    std::fill(sums.begin(), sums.end(), 0.0);
    double total = 0;
    const int64_t first = std::max<int64_t>(0, whole + 1 - sinc.reach()), last = std::min(length - 1, whole + sinc.reach());
    for (int64_t j = first; j <= last; ++j) {
      const double weight = weights[static_cast<size_t>(j - whole - 1 + sinc.reach())];
      total += weight;
      for (size_t c = 0; c < channels; ++c) sums[c] += weight * static_cast<double>(samples[static_cast<size_t>(j) * channels + c]);
    }
    for (size_t c = 0; c < channels; ++c) out[static_cast<size_t>(i) * channels + c] = static_cast<float>(sums[c] / total);
  }
  return out;
}

void resample(Recording& recording, double rate) {
  if (recording.rate == rate) return;
  recording.samples = resample(recording.samples, recording.channels.size(), recording.rate, rate);
  recording.rate = rate;
}

}  // namespace thimble

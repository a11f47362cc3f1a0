#include "compress/histogram.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace thimble {
namespace {

constexpr auto kHalf = static_cast<int64_t>(Histogram::kBins / 2);

/// The power of two above the magnitude.
int exponent_above(float magnitude) {
  int exponent = 0;
  std::frexp(magnitude, &exponent);
  return exponent;
}

}  // namespace

double Histogram::width() const { return std::ldexp(1.0, exponent_) / static_cast<double>(kHalf); }

/// Pairs of bins become one until the magnitude lies inside.
void Histogram::reach(float magnitude) {
  bins_.resize(kBins);
  const int wanted = exponent_above(magnitude);
  if (wanted <= exponent_) return;
  const int doublings = wanted - exponent_;
  exponent_ = wanted;
  std::vector<int64_t> merged(kBins);
  for (int64_t i = -kHalf; i < kHalf; ++i) {
    const int64_t count = bins_[static_cast<size_t>(i + kHalf)];
    if (count == 0) continue;
    const int64_t to = doublings < 62 ? i >> doublings : (i < 0 ? -1 : 0);
    merged[static_cast<size_t>(to + kHalf)] += count;
  }
  bins_ = std::move(merged);
}

void Histogram::add(std::span<const float> values) {
  if (values.empty()) return;
  Range range{values[0], values[0]};
  for (float value : values) {
    if (!std::isfinite(value))
      throw Error(Blame::User, fmt::format("a value is {}", value),
                  "look for examples that are not numbers, or for weights that are broken");
    range = joined(range, {value, value});
  }
  seen_ = count_ == 0 ? range : joined(seen_, range);
  reach(std::max(std::abs(range.low), std::abs(range.high)));
  const auto per_unit = static_cast<float>(1 / width());
  for (float value : values) {
    if (value == 0) {
      ++zeros_;
      continue;
    }
    const auto bin = static_cast<int64_t>(std::floor(value * per_unit));
    ++bins_[static_cast<size_t>(std::clamp(bin, -kHalf, kHalf - 1) + kHalf)];
  }
  count_ += static_cast<int64_t>(values.size());
}

void Histogram::add(const Histogram& other) {
  if (other.count_ == 0) return;
  Histogram same = other;
  const float limit = std::ldexp(0.75F, std::max(exponent_, other.exponent_));
  same.reach(limit), reach(limit);
  for (size_t i = 0; i < kBins; ++i) bins_[i] += same.bins_[i];
  seen_ = count_ == 0 ? other.seen_ : joined(seen_, other.seen_);
  count_ += other.count_;
  zeros_ += other.zeros_;
}

std::vector<Histogram::Bin> Histogram::bins(int64_t together) const {
  std::vector<Bin> filled;
  if (count_ == 0) return filled;
  for (int64_t i = -kHalf; i < kHalf; i += together) {
    if (i == 0 && zeros_ > 0) filled.push_back({0, 0, static_cast<double>(zeros_)});
    const auto first = bins_.begin() + (i + kHalf);
    const int64_t count = std::accumulate(first, first + together, int64_t{0});
    if (count > 0)
      filled.push_back({static_cast<double>(i) * width(), static_cast<double>(i + together) * width(), static_cast<double>(count)});
  }
  return filled;
}

}  // namespace thimble

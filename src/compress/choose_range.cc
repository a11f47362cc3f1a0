#include "compress/choose_range.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace thimble {
namespace {

using Bins = std::vector<Histogram::Bin>;
constexpr int kCodes = 256;

Range within(double low, double high, Range seen) {
  return {std::max(static_cast<float>(low), seen.low), std::min(static_cast<float>(high), seen.high)};
}

/// The number that `count` of the others lie below; the bins count from either end.
template <class Iterator>
double quantile(Iterator first, Iterator last, double count, bool from_below) {
  double passed = 0;
  for (; first != last; ++first) {
    if (passed + first->count > count) {
      const double inside = (count - passed) / first->count * (first->high - first->low);
      return from_below ? first->low + inside : first->high - inside;
    }
    passed += first->count;
  }
  return 0;
}

Range by_percentile(const Histogram& histogram, const Bins& bins, double percentile) {
  const double outside = static_cast<double>(histogram.count()) * (1 - percentile / 100);
  return within(quantile(bins.begin(), bins.end(), outside, true), quantile(bins.rbegin(), bins.rend(), outside, false), histogram.seen());
}

/// The squared error of codes from low to high: a twelfth of a step squared inside, the distance to the edge outside, none at zero.
double squared_error(const Bins& bins, double low, double high) {
  const double step = (high - low) / (kCodes - 1);
  double error = 0;
  for (const auto& bin : bins) {
    const double centre = bin.centre();
    if (centre == 0) continue;
    const double beyond = centre < low ? low - centre : centre > high ? centre - high : 0;
    error += bin.count * (beyond > 0 ? beyond * beyond : step * step / 12);
  }
  return error;
}

/// Shrinks either end in turn while that helps.
Range by_squared_error(const Histogram& histogram, const Bins& bins) {
  constexpr int kSteps = 128, kRounds = 4;
  const double least = std::min(histogram.seen().low, 0.0F), greatest = std::max(histogram.seen().high, 0.0F);
  double low = least, high = greatest, best = squared_error(bins, low, high);
  for (int round = 0; round < kRounds; ++round) {
    const double before = best;
    for (bool upper : {true, false})
      for (int i = 1; i <= kSteps; ++i) {
        const double end = (upper ? greatest : least) * i / kSteps;
        const double error = upper ? squared_error(bins, low, end) : squared_error(bins, end, high);
        if (end == 0 || error >= best) continue;
        best = error;
        (upper ? high : low) = end;
      }
    if (best == before) break;
  }
  return within(low, high, histogram.seen());
}

/// Kullback-Leibler divergence of what int8 codes over [-limit, limit] (or the half of it that is used) make of the distribution. What is
/// cut off is counted at the edges of the original, but not among the codes: so cutting costs.
double divergence(const Bins& bins, double low, double high) {
  const double step = (high - low) / (kCodes - 1);
  std::vector<double> held(kCodes), filled(kCodes);  // by code: numbers inside, bins with any
  std::vector<double> original;
  std::vector<size_t> code;
  double below = 0, above = 0, inside = 0;
  for (const auto& bin : bins) {
    const double centre = bin.centre();
    if (centre < low || centre > high) {
      (centre < low ? below : above) += bin.count;
      continue;
    }
    code.push_back(static_cast<size_t>(std::clamp((centre - low) / step, 0.0, kCodes - 1.0)));
    original.push_back(bin.count);
    held[code.back()] += bin.count;
    filled[code.back()] += 1;
    inside += bin.count;
  }
  // Where only the edges are left, what was cut off lies in what remains as if it had been there: the two are alike and tell nothing.
  if (original.empty() || (original.size() <= 2 && below + above > 0)) return std::numeric_limits<double>::infinity();
  std::vector<double> seen = original;
  seen.front() += below;
  seen.back() += above;
  double sum = 0;
  for (size_t i = 0; i < seen.size(); ++i) {
    const double p = seen[i] / (inside + below + above), q = held[code[i]] / filled[code[i]] / inside;
    sum += p * std::log(p / q);
  }
  return sum;
}

/// Bins that hold enough numbers each for their counts to say more than chance does; none for zero, which is exact at every scale.
Bins bins_for_entropy(const Histogram& histogram) {
  constexpr int64_t kEach = 64;
  for (int64_t together = 1;; together *= 2) {
    Bins bins = histogram.bins(together);
    std::erase_if(bins, [](const auto& bin) { return bin.low == bin.high; });
    double held = 0;
    for (const auto& bin : bins) held += bin.count;
    if (held >= kEach * static_cast<double>(bins.size()) || together == Histogram::kBins / 2) return bins;
  }
}

Range by_entropy(const Histogram& histogram) {
  const Bins bins = bins_for_entropy(histogram);
  if (bins.empty()) return histogram.seen();
  constexpr int kSteps = 160;
  constexpr double kAlike = 1e-9;  // of two that diverge alike, the wider
  const Range seen = histogram.seen();
  const double greatest = std::max(std::abs(static_cast<double>(seen.low)), std::abs(static_cast<double>(seen.high)));
  double best = std::numeric_limits<double>::infinity(), limit = greatest;
  for (int i = kSteps / 16; i <= kSteps; ++i) {
    const double candidate = greatest * i / kSteps;
    const double found =
        divergence(bins, std::max(-candidate, std::min<double>(seen.low, 0)), std::min(candidate, std::max<double>(seen.high, 0)));
    if (found > best + kAlike) continue;
    best = std::min(best, found);
    limit = candidate;
  }
  return within(-limit, limit, seen);
}

}  // namespace

std::span<const std::string_view> enum_names(CalibrationMethod) {
  static constexpr std::string_view kNames[] = {"minmax", "percentile", "mse", "entropy"};
  return kNames;
}

Range choose_range(const Histogram& histogram, CalibrationMethod method, double percentile) {
  const Bins bins = histogram.bins();
  switch (method) {
    case CalibrationMethod::Percentile: return by_percentile(histogram, bins, percentile);
    case CalibrationMethod::Mse: return by_squared_error(histogram, bins);
    case CalibrationMethod::Entropy: return by_entropy(histogram);
    case CalibrationMethod::MinMax: break;
  }
  return histogram.seen();
}

}  // namespace thimble

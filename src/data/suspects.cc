#include "data/suspects.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace thimble {
namespace {

constexpr size_t kNeighbours = 5;
constexpr size_t kMost = 4000;  // recordings; all pairs are looked at

/// Mean, deviation, and the deviation of the steps from sample to sample of each channel.
std::vector<double> statistics_of(const Recording& r) {
  std::vector<double> all;
  const size_t step = r.channels.size();
  for (size_t c = 0; c < step; ++c) {
    double sum = 0, squares = 0, steps = 0, before = r.samples[c];
    for (size_t i = c; i < r.samples.size(); i += step) {
      const double x = r.samples[i];
      sum += x, squares += x * x, steps += (x - before) * (x - before);
      before = x;
    }
    const auto n = static_cast<double>(r.length());
    all.push_back(sum / n);
    all.push_back(std::sqrt(std::max(0.0, squares / n - sum / n * (sum / n))));
    all.push_back(std::sqrt(steps / n));
  }
  return all;
}

void standardise(std::vector<std::vector<double>>& points) {
  for (size_t d = 0; d < points[0].size(); ++d) {
    double sum = 0, squares = 0;
    for (const auto& p : points) sum += p[d], squares += p[d] * p[d];
    const auto n = static_cast<double>(points.size());
    const double deviation = std::sqrt(std::max(0.0, squares / n - sum / n * (sum / n)));
    for (auto& p : points) p[d] = deviation > 0 ? (p[d] - sum / n) / deviation : 0;
  }
}

/// The numbers of the points nearest to number `i`, without itself.
std::vector<size_t> nearest(const std::vector<std::vector<double>>& points, size_t i) {
  std::vector<std::pair<double, size_t>> others;
  for (size_t j = 0; j < points.size(); ++j) {
    double distance = 0;
    for (size_t d = 0; d < points[i].size(); ++d) distance += (points[i][d] - points[j][d]) * (points[i][d] - points[j][d]);
    if (j != i) others.emplace_back(distance, j);
  }
  std::partial_sort(others.begin(), others.begin() + kNeighbours, others.end());
  std::vector<size_t> numbers;
  for (size_t k = 0; k < kNeighbours; ++k) numbers.push_back(others[k].second);
  return numbers;
}

}  // namespace

std::vector<Suspect> label_suspects(const std::vector<Recording>& recordings) {
  std::vector<Suspect> suspects;
  if (recordings.size() <= 2 * kNeighbours || recordings.size() > kMost) return suspects;
  std::vector<std::vector<double>> points;
  for (const Recording& r : recordings) points.push_back(statistics_of(r));
  standardise(points);
  for (size_t i = 0; i < points.size(); ++i) {
    const std::vector<size_t> around = nearest(points, i);
    const std::string& label = recordings[around[0]].label;
    const bool agree = std::all_of(around.begin(), around.end(), [&](size_t j) { return recordings[j].label == label; });
    if (agree && label != recordings[i].label) suspects.push_back({&recordings[i], label});
  }
  return suspects;
}

}  // namespace thimble

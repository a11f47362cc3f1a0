#include "train/chance.h"

#include <cmath>
#include <numeric>
#include <utility>

namespace thimble {

uint64_t Chance::next() {
  uint64_t z = state_ += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

double Chance::uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

double Chance::normal() {
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));
  return radius * std::cos(2 * 3.14159265358979323846 * uniform());
}

/// Marsaglia and Tsang 2000; below 1 by the shape above it.
double Chance::gamma(double shape) {
  if (shape < 1) return gamma(shape + 1) * std::pow(1 - uniform(), 1 / shape);
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = normal(), v = std::pow(1 + c * x, 3);
    if (v > 0 && std::log(1 - uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

double Chance::beta(double a) {
  const double x = gamma(a), y = gamma(a);
  return x + y > 0 ? x / (x + y) : 0.5;
}

std::vector<int64_t> Chance::order(int64_t count) {
  std::vector<int64_t> all(static_cast<size_t>(count));
  std::iota(all.begin(), all.end(), int64_t{0});
  for (size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[next() % i]);
  return all;
}

}  // namespace thimble

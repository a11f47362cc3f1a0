#include "dsp/sections.h"

#include <cmath>
#include <complex>
#include <numbers>

namespace thimble {
namespace {

void append(std::vector<float>& sections, double a1, double a2, double gain, double b1) {
  for (const double number : {a1, a2, gain, b1}) sections.push_back(static_cast<float>(number));
}

std::vector<float> butterworth(int64_t order, double corner, bool low) {
  std::vector<float> sections;
  const double t = std::tan(std::numbers::pi * corner);
  for (int64_t i = 0; i < order / 2; ++i) {
    const double r = std::sin(std::numbers::pi * static_cast<double>(2 * i + 1) / static_cast<double>(2 * order));
    const double s = t * t + 2 * t * r + 1;
    append(sections, 2 * (1 - t * t) / s, -(t * t - 2 * t * r + 1) / s, (low ? t * t : 1) / s, low ? 2 : -2);
  }
  return sections;
}

}  // namespace

std::span<const std::string_view> enum_names(Pass) {
  static constexpr std::string_view kNames[] = {"none", "low", "high"};
  return kNames;
}

std::vector<float> pass_sections(Pass pass, int64_t order, double corner) {
  if (pass == Pass::None) return {};
  return butterworth(order, corner, pass == Pass::Low);
}

std::vector<float> butterworth_low(int64_t order, double corner) { return butterworth(order, corner, true); }
std::vector<float> butterworth_high(int64_t order, double corner) { return butterworth(order, corner, false); }

std::vector<float> chebyshev_low(int64_t order, double ripple_db, double corner) {
  std::vector<float> sections;
  const double ripple = std::sqrt(std::pow(10, ripple_db / 10) - 1), width = std::asinh(1 / ripple) / static_cast<double>(order);
  const double t = std::tan(std::numbers::pi * corner);
  double level = std::pow(10, -ripple_db / 20);  // of an even order at frequency 0
  for (int64_t i = 0; i < order / 2; ++i) {
    const double angle = std::numbers::pi * static_cast<double>(2 * i + 1) / static_cast<double>(2 * order);
    const std::complex<double> pole(-std::sinh(width) * std::sin(angle), std::cosh(width) * std::cos(angle));
    const std::complex<double> z = (1.0 + t * pole) / (1.0 - t * pole);
    const double a1 = 2 * z.real(), a2 = -std::norm(z);
    append(sections, a1, a2, level * (1 - a1 - a2) / 4, 2);
    level = 1;
  }
  return sections;
}

std::vector<float> decimator(int64_t ratio) { return chebyshev_low(8, 0.05, 0.4 / static_cast<double>(ratio)); }

}  // namespace thimble

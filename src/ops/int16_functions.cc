#include "ops/int16_functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ops/checks.h"

namespace thimble {
namespace {

constexpr int kSteps = 512, kSigmoidSteps = 256;

/// The exponent of the power of two that `scale` is, or nearly; otherwise nothing. The reference takes logarithms in float.
std::optional<int> exponent_of(float scale) {
  const float exponent = std::log(scale) * (1.0f / std::log(2.0f)), rounded = std::round(exponent);
  if (std::abs(exponent - rounded) >= 1e-3f) return std::nullopt;
  return static_cast<int>(rounded);
}

/// The table's function at |x|, with as many bits of x between two entries; `saturated` beyond the last.
uint32_t between(std::span<const int16_t> table, int32_t x, int bits, uint32_t saturated) {
  const auto far = static_cast<uint32_t>(std::abs(int64_t{x})), at = far >> bits;
  if (at >= kSigmoidSteps - 1) return saturated << bits;
  const uint32_t a = static_cast<uint16_t>(table[at]), b = static_cast<uint16_t>(table[at + 1]);
  return (a << bits) + (far & ((1u << bits) - 1)) * (b - a);
}

int32_t scaled(int16_t x, SigmoidScaling s) { return (x * s.multiplier + (s.shift > 0 ? 1 << (s.shift - 1) : 0)) >> s.shift; }

}  // namespace

std::vector<int16_t> int16_table(double low, double high, double (*f)(double)) {
  constexpr double kOne = 32768;
  const double step = (high - low) / kSteps;
  std::vector<int16_t> table;
  for (int i = 0; i < kSteps; ++i) {
    const double value = std::round(f(low + i * step) * kOne), next = f(low + (i + 1) * step) * kOne;
    const double off = std::round((next + value) / 2) - std::round(f(low + i * step + step / 2) * kOne);
    table.push_back(saturate<int16_t>(value - std::round(off / 2)));
  }
  table.push_back(saturate<int16_t>(std::round(f(high) * kOne)));
  return table;
}

int32_t look_up(std::span<const int16_t> table, int32_t x) {
  const auto at = static_cast<size_t>(kSteps / 2 + (x >> 7));
  return table[at] + (((table[at + 1] - table[at]) * (x & 127) + 64) >> 7);
}

void expect_int16_input(std::string_view op, const TensorType& in) {
  expect(zero_of(in) == 0, std::string(op) + " needs int16 input with zero point 0");
}

void expect_int16_fits(std::string_view op, Multiplier multiplier, int most, float scale, const TensorType& out) {
  if (multiplier.shift <= most) return;
  expect(false,
         fmt::format("{} of int16 fits 32 bits only where the result's scale is above 1/{} of {:.6g}; it is {:.6g}: quantise the model "
                     "again, with representative data",
                     op, 1 << most, std::abs(scale), scale_of(out)));
}

SigmoidScaling sigmoid_scaling(std::string_view op, const TensorType& in, const TensorType& out) {
  expect(zero_of(out) == 0 && exponent_of(scale_of(out)) == -15, std::string(op) + " of int16 gives scale 1/32768 and zero point 0");
  return sigmoid_scaling(op, in);
}

SigmoidScaling sigmoid_scaling(std::string_view op, const TensorType& in) {
  constexpr int kInputFraction = 12;
  expect_int16_input(op, in);
  if (const auto exponent = exponent_of(scale_of(in))) {
    const int left = kInputFraction + *exponent;
    if (left == 0 || (left == 1 && op == "tanh")) return {3 << left, 0};
  }
  double multiplier = static_cast<double>(scale_of(in)) * 4096.0 * 3.0;
  expect(multiplier < 65536, std::string(op) + " of int16 needs an input scale below 16/3");
  int shift = 0;
  for (; multiplier <= 32767.0 / 2 && shift <= 30; ++shift) multiplier *= 2;
  return {static_cast<int32_t>(multiplier), shift};
}

std::vector<int16_t> sigmoid_table() {
  const auto f = [](double i) { return 65536 / (1 + std::exp(-i / 24)); };
  std::vector<int16_t> table;
  for (int i = 0; i < kSigmoidSteps - 1; ++i) {
    const double off = (f(i) + f(i + 1)) / 2 - f(i + 0.5);
    table.push_back(static_cast<int16_t>(static_cast<uint16_t>(std::round(f(i) - off / 2))));
  }
  table.push_back(-1);  // the largest there is
  return table;
}

int16_t logistic_int16(int16_t x, SigmoidScaling scaling, std::span<const int16_t> table) {
  const int32_t at = scaled(x, scaling);
  const uint32_t half = between(table, at, 9, 0xfffe) + (1 << 9);
  return static_cast<int16_t>((at >= 0 ? half : (1u << 25) + (1u << 10) - 1 - half) >> 10);
}

int16_t tanh_int16(int16_t x, SigmoidScaling scaling, std::span<const int16_t> table) {
  const int32_t at = scaled(x, scaling);
  const int32_t above = static_cast<int32_t>(between(table, at, 8, 0xffff)) - (1 << 23);
  return static_cast<int16_t>((at >= 0 ? above + (1 << 7) : -above + (1 << 7) - 1) >> 8);
}

}  // namespace thimble

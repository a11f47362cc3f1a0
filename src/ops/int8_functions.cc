#include "ops/int8_functions.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "ops/checks.h"
#include "ops/elementwise.h"
#include "ops/fixed_point.h"

namespace thimble {
namespace {

int8_t clamped(int32_t value, IntRange range = {-128, 127}) { return static_cast<int8_t>(std::clamp(value, range.min, range.max)); }

/// The reference divides the scales in float.
int32_t rescaled(int32_t x, const TensorType& in, const TensorType& out) {
  return requantize(x - zero_of(in), quantize_multiplier(static_cast<double>(scale_of(in) / scale_of(out)))) + zero_of(out);
}

/// 1/sqrt(value) as a multiplier, value > 0: the reference's Newton iteration in Q3.28.
Multiplier inverse_square_root(int32_t value) {
  if (value <= 1) return {std::numeric_limits<int32_t>::max(), 0};
  int shift = 11;
  while (value >= (1 << 29)) {
    value /= 4;
    ++shift;
  }
  const int pairs = (std::countl_zero(static_cast<uint32_t>(value)) - 1) / 2 - 1;
  shift -= pairs;
  value <<= 2 * pairs;
  const int32_t input = value >> 1;  // Q3.28
  const int32_t half_input = fixed::divide_by_power_of_two(input, 1);
  constexpr int32_t kThreeHalves = (1 << 28) + (1 << 27);
  int32_t x = 1 << 28;
  for (int i = 0; i < 5; ++i) {
    const int32_t cube = fixed::saturating_shift_left(fixed::multiply(fixed::multiply(x, x), x), 6);
    x = fixed::saturating_shift_left(fixed::multiply(kThreeHalves, x) - fixed::multiply(half_input, cube), 3);
  }
  const int32_t mantissa = fixed::multiply(x, 1518500250);  // sqrt(1/2)
  return shift < 0 ? Multiplier{mantissa << -shift, 0} : Multiplier{mantissa, -shift};
}

/// gemmlowp's int16 high multiply, rounded, and the one of hard-swish, cut off.
int32_t high_multiply_16(int32_t a, int32_t b) { return std::min((a * b + (a * b >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15), 32767); }
int32_t truncating_high_multiply_16(int32_t a, int32_t b) { return std::min(a * b / (1 << 15), 32767); }
int32_t saturating_shift_left_16(int32_t x, int shift) { return saturate<int16_t>(static_cast<int64_t>(x) * (int64_t{1} << shift)); }
int32_t mantissa_16(int32_t mantissa) {
  return mantissa >= std::numeric_limits<int32_t>::max() - (1 << 15) ? 32767 : (mantissa + (1 << 15)) >> 16;
}

}  // namespace

int8_t relu_int8(const Attrs&, int32_t x, const TensorType& in, const TensorType& out) {
  return clamped(rescaled(x, in, out), quantized_range(Activation::Relu, out));
}
int8_t relu6_int8(const Attrs&, int32_t x, const TensorType& in, const TensorType& out) {
  return clamped(rescaled(x, in, out), quantized_range(Activation::Relu6, out));
}
int8_t relu_n1_to_1_int8(const Attrs&, int32_t x, const TensorType& in, const TensorType& out) {
  return clamped(rescaled(x, in, out), quantized_range(Activation::ReluN1To1, out));
}
int8_t relu_0_to_1_int8(const Attrs&, int32_t x, const TensorType& in, const TensorType& out) {
  const int32_t one = zero_of(out) + saturate<int16_t>(std::round(1 / scale_of(out)));
  return clamped(rescaled(x, in, out), {std::max(-128, zero_of(out)), std::min(127, one)});
}

int8_t leaky_relu_int8(const Attrs& attrs, int32_t x, const TensorType& in, const TensorType& out) {
  const auto alpha = static_cast<float>(attrs.as<LeakyReluAttrs>().alpha);
  const float slope = x >= zero_of(in) ? scale_of(in) / scale_of(out) : scale_of(in) * alpha / scale_of(out);
  return clamped(requantize(x - zero_of(in), quantize_multiplier(static_cast<double>(slope))) + zero_of(out));
}

int8_t abs_int8(const Attrs&, int32_t x, const TensorType& in, const TensorType& out) {
  const int32_t value = std::abs(x - zero_of(in));
  const float ratio = scale_of(in) / scale_of(out);
  return clamped((scale_of(in) == scale_of(out) ? value : requantize(value, quantize_multiplier(static_cast<double>(ratio)))) +
                 zero_of(out));
}

/// The reference cuts the fraction off instead of rounding.
int8_t sqrt_int8(const Attrs&, int32_t x, const TensorType& in, const TensorType& out) {
  const float root = std::sqrt(scale_of(in) * static_cast<float>(std::max(x - zero_of(in), 0)));
  return clamped(saturate<int16_t>(root / scale_of(out)) + zero_of(out));
}

int8_t rsqrt_int8(const Attrs&, int32_t x, const TensorType& in, const TensorType& out) {
  constexpr int kShift = 20;
  const int32_t value = x - zero_of(in);
  if (value <= 0) return 127;  // the reference gives the greatest output at zero, and refuses to run below
  const Multiplier root = inverse_square_root(value);
  const auto scale = static_cast<double>(std::sqrt(scale_of(in)) * scale_of(out));
  const Multiplier rest = quantize_multiplier(1.0 / scale);
  const int32_t data = requantize(1, {root.mantissa, root.shift + kShift});
  return clamped(requantize(data, {rest.mantissa, rest.shift - kShift}) + zero_of(out));
}

int8_t hard_swish_int8(const Attrs&, int32_t x, const TensorType& in, const TensorType& out) {
  const float fine_scale = (1.0f / 128.0f) * scale_of(in);
  const Multiplier output = quantize_multiplier(static_cast<double>(fine_scale / scale_of(out)));
  const Multiplier gate = quantize_multiplier(static_cast<double>(fine_scale / (3.0f / 32768.0f)));
  expect(output.shift <= 0, "hard_swish of int8 needs an output scale of at least 1/128 of the input's");
  const auto fine = static_cast<int32_t>(static_cast<int16_t>((x - zero_of(in)) * 128));
  const int32_t scaled = high_multiply_16(fine, mantissa_16(output.mantissa));
  int32_t open = gate.shift > 0 ? saturating_shift_left_16(fine, gate.shift - 1) : fine;
  open = high_multiply_16(open, mantissa_16(gate.mantissa));
  if (gate.shift > 0) open = saturating_shift_left_16(open, 1);
  if (gate.shift < 0) open = fixed::divide_by_power_of_two(open, -gate.shift);
  open = (open + (1 << 15)) >> 1;
  const int32_t product = truncating_high_multiply_16(open, scaled);
  return clamped(fixed::divide_by_power_of_two(product, -output.shift) + zero_of(out));
}

}  // namespace thimble

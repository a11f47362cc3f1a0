#include "ops/arithmetic.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace thimble {
namespace {

constexpr std::string_view kActivations[] = {"none", "relu", "relu6", "relu_n1_to_1"};
constexpr std::string_view kForeignActivations[] = {"NONE", "RELU", "RELU6", "RELU_N1_TO_1"};
constexpr std::string_view kPaddings[] = {"same", "valid"};
constexpr std::string_view kForeignPaddings[] = {"SAME", "VALID"};

IntRange range_of(DType dtype) {
  switch (dtype) {
    case DType::I8: return {-128, 127};
    case DType::U8: return {0, 255};
    case DType::I16: return {-32768, 32767};
    default: return {std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
  }
}

}  // namespace

Multiplier quantize_multiplier(double real) {
  if (real == 0) return {};
  Multiplier m;
  const double fraction = std::frexp(real, &m.shift);
  auto mantissa = static_cast<int64_t>(std::round(fraction * static_cast<double>(1LL << 31)));
  if (mantissa == (1LL << 31)) {
    mantissa /= 2;
    ++m.shift;
  }
  if (m.shift < -31) return {};
  if (m.shift > 30) return {std::numeric_limits<int32_t>::max(), 30};
  m.mantissa = static_cast<int32_t>(mantissa);
  return m;
}

int32_t rounding_doubling_high_multiply(int32_t a, int32_t b) {
  constexpr int32_t kMin = std::numeric_limits<int32_t>::min();
  if (a == kMin && b == kMin) return std::numeric_limits<int32_t>::max();
  const int64_t product = static_cast<int64_t>(a) * b;
  const int64_t nudge = product >= 0 ? (1LL << 30) : 1 - (1LL << 30);
  return static_cast<int32_t>((product + nudge) / (1LL << 31));
}

int32_t rounding_divide_by_power_of_two(int32_t x, int exponent) {
  const auto mask = static_cast<int32_t>((1LL << exponent) - 1);
  const int32_t remainder = x & mask;
  const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

int32_t requantize(int32_t x, Multiplier multiplier) {
  const int left = std::max(multiplier.shift, 0), right = std::max(-multiplier.shift, 0);
  const auto shifted = static_cast<int32_t>(static_cast<uint32_t>(x) << left);
  return rounding_divide_by_power_of_two(rounding_doubling_high_multiply(shifted, multiplier.mantissa), right);
}

std::span<const std::string_view> enum_names(Activation) { return kActivations; }
std::span<const std::string_view> enum_names(Padding) { return kPaddings; }

FloatRange float_range(Activation activation) {
  constexpr float kAll = std::numeric_limits<float>::max();
  switch (activation) {
    case Activation::None: return {-kAll, kAll};
    case Activation::Relu: return {0, kAll};
    case Activation::Relu6: return {0, 6};
    case Activation::ReluN1To1: break;
  }
  return {-1, 1};
}

IntRange quantized_range(Activation activation, const TensorType& type) {
  const IntRange all = range_of(type.dtype);
  if (activation == Activation::None) return all;
  expect(type.quant.quantised(), "a fused activation on integers needs a scale");
  constexpr float kFar = 1 << 24;  // beyond every element type: of scales that are nearly 0
  const auto quantize = [&](float real) -> int32_t {
    return type.quant.zero[0] + static_cast<int32_t>(std::clamp(std::round(real / type.quant.scale[0]), -kFar, kFar));
  };
  const FloatRange range = float_range(activation);
  const int32_t max = activation == Activation::Relu ? all.max : std::min(all.max, quantize(range.max));
  return {std::max(all.min, quantize(range.min)), max};
}

Activation read_activation(const ForeignNode& node) {
  const auto word = attr_or<std::string>(node, "fused_activation_function", "NONE");
  for (size_t i = 0; i < std::size(kForeignActivations); ++i)
    if (kForeignActivations[i] == word) return static_cast<Activation>(i);
  throw Error(Blame::Unsupported, "fused activation " + word, "export the model with the activation as an op of its own");
}

std::string write_activation(Activation activation) { return std::string(kForeignActivations[static_cast<size_t>(activation)]); }

Padding read_padding(const ForeignNode& node) {
  return attr_or<std::string>(node, "padding", "SAME") == kForeignPaddings[0] ? Padding::Same : Padding::Valid;
}

std::string write_padding(Padding padding) { return std::string(kForeignPaddings[static_cast<size_t>(padding)]); }

Window window(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, Padding padding) {
  const int64_t reach = (kernel - 1) * dilation + 1;
  if (padding == Padding::Valid) return {(in - reach + stride) / stride, 0, 0};
  const int64_t out = (in + stride - 1) / stride;
  const int64_t total = std::max<int64_t>(0, (out - 1) * stride + reach - in);
  return {out, total / 2, total - total / 2};
}

std::vector<Multiplier> channel_multipliers(const TensorType& input, const TensorType& weights, const TensorType& output,
                                            int64_t channels) {
  expect(input.quant.quantised() && weights.quant.quantised() && output.quant.quantised(),
         "an integer op needs scales on input, weights and output");
  std::vector<Multiplier> all;
  for (size_t c = 0; c < static_cast<size_t>(channels); ++c) {
    const double weight_scale = weights.quant.scale[weights.quant.per_channel() ? c : 0];
    all.push_back(
        quantize_multiplier(static_cast<double>(input.quant.scale[0]) * weight_scale / static_cast<double>(output.quant.scale[0])));
  }
  return all;
}

}  // namespace thimble

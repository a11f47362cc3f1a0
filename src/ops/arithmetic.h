/// The integer arithmetic of the TFLite reference (double rounding), and the small shape rules that many ops share.
#pragma once

#include <cstdint>

#include "ir/op.h"

namespace thimble {

/// A real multiplier as TFLite keeps it: value = mantissa / 2^31 * 2^shift, mantissa in [2^30, 2^31) or 0.
struct Multiplier {
  int32_t mantissa = 0;
  int shift = 0;
  bool operator==(const Multiplier&) const = default;
};
Multiplier quantize_multiplier(double real);

/// x * multiplier with the two roundings of the reference: doubling high multiply (ties up), then a division by a power of two
/// (ties away from zero).
int32_t requantize(int32_t x, Multiplier multiplier);
int32_t rounding_doubling_high_multiply(int32_t a, int32_t b);
int32_t rounding_divide_by_power_of_two(int32_t x, int exponent);

/// The activation that TFLite fuses into a producer.
enum class Activation : uint8_t { None, Relu, Relu6, ReluN1To1 };
std::span<const std::string_view> enum_names(Activation);

/// Bounds of a fused activation: of a float result, and of a quantised one (of type.dtype's range at least).
struct FloatRange {
  float min, max;
};
struct IntRange {
  int32_t min, max;
};
FloatRange float_range(Activation activation);
IntRange quantized_range(Activation activation, const TensorType& type);

/// "NONE", "RELU", "RELU6", "RELU_N1_TO_1" and back; other words (TANH, SIGN_BIT) are Unsupported.
Activation read_activation(const ForeignNode& node);
std::string write_activation(Activation activation);

enum class Padding : uint8_t { Same, Valid };
std::span<const std::string_view> enum_names(Padding);
Padding read_padding(const ForeignNode& node);
std::string write_padding(Padding padding);

/// Output size and leading padding of one window axis, TFLite's rules.
struct Window {
  int64_t out = 0, pad_before = 0, pad_after = 0;
};
Window window(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, Padding padding);

/// real multiplier of each output channel of a weighted op: input scale * weight scale [channel] / output scale.
std::vector<Multiplier> channel_multipliers(const TensorType& input, const TensorType& weights, const TensorType& output, int64_t channels);

}  // namespace thimble

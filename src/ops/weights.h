/// Weighted ops: which element types they take together, and weights as real numbers whatever they are stored as.
#pragma once

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

#include "ops/wide_arithmetic.h"

namespace thimble {

/// The values of a float or int8 tensor as floats; int8 by its scale, per channel along the scales' axis.
inline std::vector<float> real_values(const TensorView& tensor) {
  if (tensor.type->dtype == DType::F32) {
    const auto all = tensor.as<const float>();
    return {all.begin(), all.end()};
  }
  const Quant& quant = tensor.type->quant;
  expect(quant.quantised(), "int8 weights under float activations need a scale");
  size_t inner = 1;
  if (quant.per_channel())
    for (size_t axis = static_cast<size_t>(quant.axis) + 1; axis < tensor.type->shape.size(); ++axis)
      inner *= static_cast<size_t>(tensor.type->shape[axis]);
  const auto all = tensor.as<const int8_t>();
  std::vector<float> real(all.size());
  for (size_t i = 0; i < real.size(); ++i) {
    const size_t c = quant.per_channel() ? i / inner % quant.scale.size() : 0;
    real[i] = quant.scale[c] * static_cast<float>(all[i] - quant.zero[c]);
  }
  return real;
}

/// Whether int16 activations are taken beside int8 ones, their zero points 0.
enum class Int16 : uint8_t { No, Yes };

/// Refuses what no weighted op takes. Right are float inputs with float or int8 weights, int8 inputs with int8 weights and an int32 bias,
/// and, where the op takes them, int16 inputs with int8 weights and an int64 bias.
inline void expect_weight_types(std::string_view op, Inputs in, size_t weights, size_t bias, Int16 int16 = Int16::No) {
  const DType x = in[0].type->dtype, w = in[weights].type->dtype;
  const bool wide = x == DType::I16 && int16 == Int16::Yes;
  const bool fits = (x == DType::F32 && w == DType::F32) || ((x == DType::F32 || x == DType::I8 || wide) && w == DType::I8);
  const std::string takes =
      std::string("floats, int8, or int8 weights for ") + (int16 == Int16::Yes ? "float or int16 inputs" : "float inputs");
  expect(fits, std::string(op) + " takes " + takes + "; here the input is " + std::string(name_of(x)) + " and the weights are " +
                   std::string(name_of(w)) + ": convert the model with int8 (not " + (int16 == Int16::Yes ? "uint8" : "uint8 or int16") +
                   ") quantisation");
  if (wide)
    expect(in[0].type->quant.quantised() && in[0].type->quant.zero[0] == 0, std::string(op) + " needs int16 input with zero point 0");
  if (bias >= in.size() || !in[bias]) return;
  const DType wanted = x == DType::F32 ? DType::F32 : wide ? DType::I64 : DType::I32;
  expect(in[bias].type->dtype == wanted, std::string(op) + " with " + std::string(name_of(x)) + " input needs a bias of " +
                                             std::string(name_of(wanted)) + ", not " + std::string(name_of(in[bias].type->dtype)));
}

/// Refuses int16 layers whose sums could leave the 48 bits that the reference scales (ops/wide_arithmetic.h), whatever the input.
/// taps: products of one sum.
inline void expect_sums_fit(std::string_view op, Inputs in, size_t bias, int64_t taps) {
  constexpr int64_t kLargest = (int64_t{1} << 47) - 1, kLargestProduct = 32768 * 255;
  if (in[0].type->dtype != DType::I16) return;
  const int64_t left = taps <= kLargest / kLargestProduct ? kLargest - taps * kLargestProduct : -1;
  expect(left >= 0, std::string(op) + " sums " + std::to_string(taps) +
                        " products of int16 input, which could take more than 48 bits: quantise the layer's activations as int8");
  if (bias >= in.size() || !in[bias]) return;
  expect(in[bias].data, std::string(op) +
                            " with int16 input needs a constant bias, so that its sums are known to fit 48 bits: store the "
                            "bias in the model, or sum what is computed by an add of its own");
  const auto values = in[bias].as<const int64_t>();
  const auto far = std::find_if(values.begin(), values.end(), [&](int64_t value) { return value > left || value < -left; });
  if (far == values.end()) return;
  throw Error(Blame::User, std::string(op) + " with int16 input takes biases from -" + std::to_string(left) + " to " +
                               std::to_string(left) + " here, so that sums fit 48 bits; that of channel " +
                               std::to_string(far - values.begin()) + " is " + std::to_string(*far) +
                               ": quantise the model again, with biases in units of input scale times weight scale");
}

/// Refuses int8 weights whose zero point is not 0: the convolutions of TFLite are symmetric in their weights.
inline void expect_symmetric(std::string_view op, const TensorType& weights) {
  for (int32_t zero : weights.quant.zero)
    expect(zero == 0,
           std::string(op) + " needs weights with zero point 0, not " + std::to_string(zero) + ": quantise the weights symmetrically");
}

/// Refuses scales per channel that do not run along `axis`, the output channels.
inline void expect_scales_along(std::string_view op, const TensorType& weights, int axis) {
  const Quant& quant = weights.quant;
  expect(
      !quant.per_channel() || (quant.axis == axis && static_cast<int64_t>(quant.scale.size()) == weights.shape[static_cast<size_t>(axis)]),
      std::string(op) + " needs one weight scale, or one per output channel along axis " + std::to_string(axis));
}

/// The multiplier of a product of two tensors with one scale each, as TFLite computes it: the product of the scales is rounded to float.
inline Multiplier tensor_multiplier(const TensorType& a, const TensorType& b, const TensorType& out) {
  expect(a.quant.quantised() && b.quant.quantised() && out.quant.quantised(), "an integer op needs scales on its operands and its output");
  const float product = a.quant.scale[0] * b.quant.scale[0];
  return quantize_multiplier(static_cast<double>(product) / static_cast<double>(out.quant.scale[0]));
}

/// What becomes of the sum of channel c of an integer layer; int16 layers sum in 64 bits, the others in 32.
template <class T>
int32_t requantized(int64_t sum, Multiplier multiplier) {
  if constexpr (sizeof(T) == 2)
    return requantize(sum, widen(multiplier));
  else
    return requantize(static_cast<int32_t>(sum), multiplier);
}
/// The element type of the bias of an integer layer.
template <class T>
using BiasOf = std::conditional_t<sizeof(T) == 2, int64_t, int32_t>;

/// Operand `i` at `index`; 0 where the op has no such operand.
template <class T>
T value_or_zero(Inputs in, size_t i, int64_t index) {
  return i < in.size() && in[i] ? in[i].as<const T>()[static_cast<size_t>(index)] : T{};
}

}  // namespace thimble

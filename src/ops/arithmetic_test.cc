#include "ops/arithmetic.h"

#include <gtest/gtest.h>

#include "ops/ops.h"

namespace thimble {
namespace {

TensorType of(DType dtype, float scale, int32_t zero) { return {dtype, {2}, per_tensor(scale, zero)}; }

TEST(QuantizedRange, EndsWhereTheActivationOrTheTypeDoes) {
  const auto ends = [](Activation activation, const TensorType& type) {
    const IntRange range = quantized_range(activation, type);
    return std::pair(range.min, range.max);
  };
  EXPECT_EQ(ends(Activation::Relu6, of(DType::I8, 0.1f, -20)), std::pair(-20, 40));
  EXPECT_EQ(ends(Activation::ReluN1To1, of(DType::I16, 0.001f, 0)), std::pair(-1000, 1000));
  EXPECT_EQ(ends(Activation::Relu6, of(DType::I8, 1e-38f, -128)), std::pair(-128, 127)) << "6 is more steps than an int32 counts";
  EXPECT_EQ(ends(Activation::ReluN1To1, of(DType::I16, 1e-38f, 0)), std::pair(-32768, 32767));
}

/// What an int8 op of one operand makes of 127 steps of `in`.
int8_t made(std::string_view op, float in, const TensorType& to) {
  const TensorType from = of(DType::I8, in, 0);
  std::vector<int8_t> x(2, 127), y(2);
  const TensorView a{&from, reinterpret_cast<std::byte*>(x.data())}, b{&to, reinterpret_cast<std::byte*>(y.data())};
  op_named(op).eval(op_named(op).attrs, {&a, 1}, {&b, 1});
  return y[0];
}

TEST(Elementwise, StaysInRangeWhereScalesAreNearlyNothing) {
  EXPECT_EQ(made("sqrt", 1, of(DType::I8, 1e-38f, 127)), 127);
  EXPECT_EQ(made("relu_0_to_1", 1, of(DType::I8, 1e-38f, 127)), 127);
}

}  // namespace
}  // namespace thimble

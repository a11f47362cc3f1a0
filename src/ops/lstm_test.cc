#include "ops/lstm.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ops/fixed_point16.h"
#include "ops/ops.h"

namespace thimble {
namespace {

// 16 bits and three Newton steps leave about 2^-11.
constexpr double kClose = 1.0 / 2048;

TEST(FixedPoint16, LogisticIsCloseEverywhere) {
  for (int32_t a = -32768; a <= 32767; ++a) ASSERT_NEAR(fixed16::logistic(a) / 32768.0, 1 / (1 + std::exp(-a / 4096.0)), kClose) << a;
  EXPECT_EQ(fixed16::logistic(0), 16384);
}

TEST(FixedPoint16, TanhIsCloseEverywhere) {
  for (int bits = 0; bits <= 6; ++bits)
    for (int32_t a = -32768; a <= 32767; a += 3)
      ASSERT_NEAR(fixed16::tanh(a, bits) / 32768.0, std::tanh(std::ldexp(a, bits - 15)), kClose) << a << " with " << bits << " bits";
  EXPECT_EQ(fixed16::tanh(0, 3), 0);
}

/// What importing an LSTM with these operands present says.
std::string refusal(const std::vector<size_t>& absent, const std::vector<size_t>& extra, const AttrBag& attrs = {}) {
  ForeignGraph graph;
  ForeignNode node{.op = "UNIDIRECTIONAL_SEQUENCE_LSTM", .name = "lstm", .in = std::vector<int>(24, -1), .attrs = attrs};
  graph.tensors.push_back({"any", {DType::F32, {1}, {}}, nullptr});
  for (size_t i : {0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 14, 15, 18, 19}) node.in[i] = 0;
  for (size_t i : absent) node.in[i] = -1;
  for (size_t i : extra) node.in[i] = 0;
  try {
    op_named("lstm").tflite[0].read(node, graph);
  } catch (const Error& error) {
    return std::string(error.what()) + "; " + error.hint;
  }
  return "taken";
}

TEST(Lstm, RefusesVariantsInWords) {
  EXPECT_EQ(refusal({}, {}), "taken");
  EXPECT_EQ(refusal({1, 5, 12}, {}),
            "an LSTM with coupled input and forget gates; build it as a standard LSTM layer, as Keras does by default");
  EXPECT_EQ(refusal({}, {9, 10, 11}), "an LSTM with peephole connections; build it as a standard LSTM layer, as Keras does by default");
  EXPECT_EQ(refusal({}, {16}), "an LSTM with a projection; build it as a standard LSTM layer, as Keras does by default");
  EXPECT_EQ(refusal({}, {20, 21, 22, 23}), "an LSTM with layer normalisation; build it as a standard LSTM layer, as Keras does by default");
  EXPECT_EQ(refusal({}, {}, {{"fused_activation_function", std::string("RELU")}}),
            "an LSTM with activation RELU; use tanh, the default of Keras");
}

}  // namespace
}  // namespace thimble

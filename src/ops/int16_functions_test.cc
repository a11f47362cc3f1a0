#include "ops/int16_functions.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ops/binary.h"
#include "ops/ops.h"
#include "ops/softmax.h"

namespace thimble {
namespace {

TensorType int16(float scale, int32_t zero = 0) { return {DType::I16, {4}, per_tensor(scale, zero)}; }
const TensorType kUnit = int16(1.0f / 32768);

TEST(Int16Functions, InterpolateATable) {
  const auto halves = int16_table(-1, 1, [](double x) { return x / 2; });
  ASSERT_EQ(halves.size(), 513u);
  for (int x = -32768; x <= 32767; ++x) ASSERT_NEAR(look_up(halves, x), x / 2.0, 1) << x;
  const auto exps = softmax_exp_table();
  for (int x = -32768; x <= 32767; ++x) ASSERT_NEAR(look_up(exps, x), 32768 * std::exp((x - 32768) / 6553.6), 2) << x;
}

TEST(Int16Functions, LogisticAndTanhAreCloseEverywhere) {
  const auto table = sigmoid_table();
  for (const float scale : {1.0f / 4096, 0.0003f, 0.01f}) {
    const auto logistic = sigmoid_scaling("logistic", int16(scale), kUnit), tanh = sigmoid_scaling("tanh", int16(scale), kUnit);
    for (int x = -32768; x <= 32767; ++x) {
      const double real = x * static_cast<double>(scale);
      ASSERT_NEAR(logistic_int16(static_cast<int16_t>(x), logistic, table), 32768 / (1 + std::exp(-real)), 3) << scale << " " << x;
      ASSERT_NEAR(tanh_int16(static_cast<int16_t>(x), tanh, table), 32768 * std::tanh(real), 7) << scale << " " << x;
    }
  }
}

template <class F>
std::string said(const F& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.hint.empty() ? error.what() : std::string(error.what()) + "; " + error.hint;
  }
  return "";
}

TEST(Int16Functions, RefuseScalesThatTheReferenceLacks) {
  EXPECT_EQ(said([] { sigmoid_scaling("logistic", int16(0.1f, 3), kUnit); }), "logistic needs int16 input with zero point 0");
  EXPECT_EQ(said([] { sigmoid_scaling("tanh", int16(0.1f), int16(0.001f)); }), "tanh of int16 gives scale 1/32768 and zero point 0");
  EXPECT_EQ(said([] { sigmoid_scaling("tanh", int16(5.33f), kUnit); }), "");
  EXPECT_EQ(said([] { sigmoid_scaling("tanh", int16(5.34f), kUnit); }), "tanh of int16 needs an input scale below 16/3");
  EXPECT_EQ(said([] { softmax_scaling_int16(0.5, int16(4.99f)); }), "");
  EXPECT_EQ(said([] { softmax_scaling_int16(0.5, int16(5.01f)); }), "softmax of int16 needs beta times the input's scale to be below 2.5");
}

/// What an op of operands of these types says.
std::string refusal(std::string_view op, const std::vector<TensorType>& types, const Attrs& attrs) {
  return said([&] {
    Graph graph{.name = "m"};
    std::vector<ValueId> in;
    for (const TensorType& type : types) in.push_back(graph.add_input("x" + std::to_string(in.size()), type));
    add_node(graph, op, "y", in, attrs, {per_tensor(0.1f, 0)});
  });
}

TEST(Int16Operands, AreRefusedInWords) {
  EXPECT_EQ(refusal("add", {int16(0.1f), int16(0.1f, 2)}, BinaryAttrs{}), "int16 operands need zero point 0");
  EXPECT_EQ(said([] { add_scaling(int16(0.1f), int16(0.1f), int16(0.1f, 1)); }), "int16 results need zero point 0");
  EXPECT_EQ(said([] { mul_scaling(int16(0.1f), int16(0.1f), int16(0.1f, 1)); }), "int16 results need zero point 0");
  EXPECT_EQ(refusal("minimum", {int16(0.1f), int16(0.2f)}, BinaryAttrs{}), "int16 operands need the same scale and zero point here");
  EXPECT_EQ(refusal("div", {int16(0.1f), int16(0.1f)}, BinaryAttrs{}), "this op takes f32, not i16");
  EXPECT_EQ(refusal("softmax", {{DType::I16, {65535}, per_tensor(0.1f, 0)}}, SoftmaxAttrs{}), "");
  EXPECT_EQ(refusal("softmax", {{DType::I16, {65536}, per_tensor(0.1f, 0)}}, SoftmaxAttrs{}),
            "softmax of int16 takes at most 65535 elements in a row");
}

TEST(Int16Operands, AreNotAddedByPowersOfTwo) {
  ForeignGraph graph;
  graph.tensors.push_back({"x", int16(0.1f), nullptr});
  const auto read = [&](const AttrBag& attrs) {
    const ForeignNode node{.op = "ADD", .name = "sum", .in = {0, 0}, .attrs = attrs};
    return said([&] { op_named("add").tflite[0].read(node, graph); });
  };
  EXPECT_EQ(read({{"pot_scale_int16", true}}),
            "sums of int16 by powers of two (pot_scale_int16); convert the model with TensorFlow 2.4 or later, which gives them any scale");
  EXPECT_EQ(read({{"pot_scale_int16", false}}), "");
  EXPECT_EQ(read({}), "");
}

}  // namespace
}  // namespace thimble

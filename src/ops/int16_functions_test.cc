#include "ops/int16_functions.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "ops/binary.h"
#include "ops/elementwise.h"
#include "ops/ops.h"
#include "ops/reduce.h"
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
  EXPECT_EQ(refusal("minimum", {int16(0.1f), int16(0.2f)}, BinaryAttrs{}),
            "minimum needs int16 operands and a result of one scale and zero point: quantise the model again");
  EXPECT_EQ(refusal("div", {int16(0.1f), int16(0.1f)}, BinaryAttrs{}), "div takes f32, not i16");
  EXPECT_EQ(refusal("softmax", {{DType::I16, {65535}, per_tensor(0.1f, 0)}}, SoftmaxAttrs{}), "");
  EXPECT_EQ(refusal("softmax", {{DType::I16, {65536}, per_tensor(0.1f, 0)}}, SoftmaxAttrs{}),
            "softmax of int16 takes at most 65535 elements in a row");
}

/// The limits of an input are said before the result's scale is known.
TEST(Int16Operands, AreRefusedWhereTypesAreInferred) {
  const auto softmax = [](DType dtype, float scale) {
    return refusal("softmax", {{dtype, {1, 4}, per_tensor(scale, 0)}}, SoftmaxAttrs{0.5, false});
  };
  EXPECT_EQ(softmax(DType::I16, 4.99f), "");
  EXPECT_EQ(softmax(DType::I16, 5.01f), "softmax of int16 needs beta times the input's scale to be below 2.5");
  EXPECT_EQ(softmax(DType::I8, 1e-8f), "softmax needs beta times the input's scale to be at least 2^-26");
  EXPECT_EQ(refusal("tanh", {int16(5.33f)}, {}), "");
  EXPECT_EQ(refusal("tanh", {int16(5.34f)}, {}), "tanh of int16 needs an input scale below 16/3");
  EXPECT_EQ(refusal("logistic", {int16(0.1f, 1)}, {}), "logistic needs int16 input with zero point 0");
  EXPECT_EQ(refusal("relu6", {int16(0.1f, 1)}, {}), "relu6 needs int16 input with zero point 0");
  EXPECT_EQ(refusal("elu", {int16(0.1f)}, {}), "elu takes f32 or i8, not i16");
}

/// What the op `op` says of a node that a file gives.
std::string refusal_when_read(std::string_view op, const std::vector<TensorType>& in, const TensorType& out) {
  ForeignGraph graph;
  ForeignNode node{.name = "y"};
  for (const TensorType& type : in) {
    node.in.push_back(static_cast<int>(graph.tensors.size()));
    graph.tensors.push_back({"x", type, nullptr});
  }
  node.out.push_back(static_cast<int>(graph.tensors.size()));
  graph.tensors.push_back({"y", out, nullptr});
  return said([&] { op_named(op).tflite[0].read(node, graph); });
}

TEST(Int16Results, AreRefusedWhereTheModelIsRead) {
  const TensorType x = int16(0.1f), shifted = int16(0.1f, 1);
  EXPECT_EQ(refusal_when_read("relu", {x}, x), "");
  EXPECT_EQ(refusal_when_read("relu", {x}, shifted), "relu of int16 gives zero point 0");
  EXPECT_EQ(refusal_when_read("leaky_relu", {x}, shifted), "leaky_relu of int16 gives zero point 0");
  EXPECT_EQ(refusal_when_read("logistic", {x}, kUnit), "");
  EXPECT_EQ(refusal_when_read("logistic", {x}, x), "logistic of int16 gives scale 1/32768 and zero point 0");
  EXPECT_EQ(refusal_when_read("softmax", {x}, shifted), "softmax of int16 gives zero point 0");
  EXPECT_EQ(refusal_when_read("add", {x, x}, shifted), "int16 results need zero point 0");
  EXPECT_EQ(refusal_when_read("mul", {x, x}, shifted), "int16 results need zero point 0");
  EXPECT_EQ(refusal_when_read("maximum", {x, x}, int16(0.2f)),
            "maximum needs int16 operands and a result of one scale and zero point: quantise the model again");
  const TensorType bytes{DType::I8, {1}, per_tensor(0.1f, 0)};
  EXPECT_EQ(refusal_when_read("minimum", {bytes, bytes}, {DType::I8, {1}, per_tensor(0.1f, 1)}),
            "minimum needs int8 operands and a result of one scale and zero point: quantise the model again");
  EXPECT_EQ(refusal_when_read("log_softmax", {bytes}, bytes), "log_softmax of int8 gives scale 1/16 and zero point 127");
}

/// The result of `op` for the two numbers, of one scale.
int16_t of_two(std::string_view op, const TensorType& type, int16_t a, int16_t b, const TensorType& out) {
  std::array<int16_t, 4> all_a, all_b, y{};
  all_a.fill(a), all_b.fill(b);
  const std::vector<TensorView> in = {{&type, reinterpret_cast<std::byte*>(all_a.data())},
                                      {&type, reinterpret_cast<std::byte*>(all_b.data())}};
  const TensorView to{&out, reinterpret_cast<std::byte*>(y.data())};
  op_named(op).eval(BinaryAttrs{}, in, {&to, 1});
  return y[3];
}

int16_t relu_of(const TensorType& type, int16_t x, const TensorType& out) {
  int16_t y = 0;
  const TensorView in{&type, reinterpret_cast<std::byte*>(&x)}, to{&out, reinterpret_cast<std::byte*>(&y)};
  op_named("relu").eval({}, {&in, 1}, {&to, 1});
  return y;
}

/// One step of the result's scale apart: what is taken does not wrap at the ends of int16, what could is refused.
TEST(Int16Results, AreRefusedWhereSumsAndProductsWouldLeave32Bits) {
  const TensorType half = int16(0.5f);
  const TensorType fine_product = int16(0.25f), product = int16(std::nextafter(0.25f, 1.0f));
  const std::string wraps =
      "products of int16 fit 32 bits only where the result's scale is above the product of the operands', 0.25; it is 0.25: quantise the "
      "model again, with representative data";
  EXPECT_EQ(refusal_when_read("mul", {half, half}, fine_product), wraps);
  EXPECT_EQ(said([&] { mul_scaling(half, half, int16(0.0f)); }).substr(0, 36), wraps.substr(0, 36));
  EXPECT_EQ(refusal_when_read("mul", {half, half}, product), "");
  EXPECT_EQ(of_two("mul", half, -32768, -32768, product), 32767);
  EXPECT_EQ(of_two("mul", half, -32768, 32767, product), -32768);

  const float finest = 0.5f / 32768;
  const TensorType fine_sum = int16(finest), sum = int16(std::nextafter(finest, 1.0f));
  for (const char* op : {"add", "sub"})
    EXPECT_EQ(refusal_when_read(op, {half, half}, fine_sum),
              "sums of int16 fit 32 bits only where the result's scale is above 1/32768 of the greater operand's, 0.5; it is 1.52588e-05: "
              "quantise the model again, with representative data");
  EXPECT_EQ(refusal_when_read("add", {half, half}, sum), "");
  EXPECT_EQ(of_two("add", half, -32768, -32768, sum), -32768);
  EXPECT_EQ(of_two("add", half, 32767, 32767, sum), 32767);
  EXPECT_EQ(of_two("sub", half, 32767, -32768, sum), 32767);
}

/// One step of the result's scale apart.
TEST(Int16Results, AreRefusedWhereRescaledNumbersWouldLeave32Bits) {
  const TensorType half = int16(0.5f), fine = int16(0.5f / 65536), least = int16(std::nextafter(0.5f / 65536, 1.0f));
  for (const char* op : {"relu", "relu6", "leaky_relu"}) {
    EXPECT_EQ(refusal_when_read(op, {half}, least), "");
    EXPECT_EQ(refusal_when_read(op, {half}, fine),
              std::string(op) +
                  " of int16 fits 32 bits only where the result's scale is above 1/65536 of 0.5; it is 7.62939e-06: quantise "
                  "the model again, with representative data");
  }
  EXPECT_EQ(said([&] { rescaling_int16("leaky_relu", LeakyReluAttrs{-2}, half, least); }),
            "leaky_relu of int16 fits 32 bits only where the result's scale is above 1/65536 of 1; it is 7.6294e-06: quantise the model "
            "again, with representative data");
  EXPECT_EQ(relu_of(half, -32768, least), 0);
  EXPECT_EQ(relu_of(half, 32767, least), 32767);
  EXPECT_EQ(relu_of(half, 1, least), 32767);
  const TensorType coarser = int16(0.5f / 32768);
  for (const char* op : {"mean", "quantize"})
    EXPECT_EQ(refusal_when_read(op, {half}, coarser),
              std::string(op) +
                  " of int16 fits 32 bits only where the result's scale is above 1/32768 of 0.5; it is 1.52588e-05: quantise "
                  "the model again, with representative data");
  EXPECT_EQ(refusal_when_read("quantize", {half}, int16(std::nextafter(0.5f / 32768, 1.0f))), "");
}

/// As many as there may be, all at the end of the range.
TEST(Int16Means, DoNotWrapAtTheirFinestScale) {
  const TensorType x{DType::I16, {65535}, per_tensor(0.5f, 0)}, y{DType::I16, {1}, per_tensor(std::nextafter(0.5f / 32768, 1.0f), 0)};
  for (const int16_t end : {int16_t{-32768}, int16_t{32767}}) {
    std::vector<int16_t> all(65535, end);
    int16_t mean = 0;
    const TensorView in{&x, reinterpret_cast<std::byte*>(all.data())}, out{&y, reinterpret_cast<std::byte*>(&mean)};
    op_named("mean").eval(ReduceAttrs{{0}, true}, {&in, 1}, {&out, 1});
    EXPECT_EQ(mean, end);
  }
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

#include "ops/reduce.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "ir/interpreter.h"
#include "ops/indexing.h"
#include "ops/ops.h"

namespace thimble {
namespace {

using ::testing::ElementsAre;

template <class T>
std::vector<T> reduced(std::string_view op, const TensorType& type, const std::vector<T>& values, const ReduceAttrs& attrs,
                       Quant quant = {}) {
  Graph graph{.name = "m"};
  const ValueId x = graph.add_input("x", type);
  std::vector<Quant> over;
  if (quant.quantised()) over.push_back(std::move(quant));
  graph.outputs = {add_node(graph, op, "y", {x}, attrs, over)};
  Buffer in(values.size() * sizeof(T));
  std::memcpy(in.data(), values.data(), in.size());
  const Buffer out = Interpreter(graph).run(std::vector<Buffer>{in})[0];
  std::vector<T> results(out.size() / sizeof(T));
  std::memcpy(results.data(), out.data(), out.size());
  return results;
}

TensorType ints(Shape shape) { return {DType::I8, std::move(shape), per_tensor(1, 0)}; }

TEST(Mean, TakesEachChannelOverRowsAndColumns) {
  EXPECT_THAT(reduced<int8_t>("mean", ints({1, 2, 2, 2}), {1, 10, 3, 20, 5, 30, 7, 40}, {{1, 2}}), ElementsAre(4, 25));
}

TEST(Mean, ScaledByAMultiplierThatHoldsTheDivision) {
  // 0.5 / 0.25 over 3 elements: 2^30 * 2^2 shifted left by one (one less than 3 has bits), divided by 3.
  const TensorType x{DType::I8, {3}, per_tensor(0.5f, 0)}, y{DType::I8, {}, per_tensor(0.25f, 0)};
  EXPECT_EQ(mean_multiplier(x, y, 3), (Multiplier{715827882, 1}));
  // Zero points: (9 + 8 + 6 - 3 * 2) * 2 / 3 = 11.33, and 5 more.
  EXPECT_THAT(reduced<int8_t>("mean", {DType::I8, {3}, per_tensor(0.5f, 2)}, {9, 8, 6}, {{0}}, per_tensor(0.25f, 5)), ElementsAre(16));
}

TEST(Mean, ShiftsNoFurtherThanTheMultiplierAllows) {
  // A ratio of 2^-31 has shift -30 at mantissa 2^30: only one of the three bits of 8 can be moved.
  const TensorType x{DType::I8, {8}, per_tensor(1.0f / 1024, 0)}, y{DType::I8, {}, per_tensor(2097152.0f, 0)};
  EXPECT_EQ(mean_multiplier(x, y, 8), (Multiplier{1 << 28, -31}));
}

TEST(Mean, OfIntegersCutsTowardsZero) {
  EXPECT_THAT(reduced<int32_t>("mean", {DType::I32, {2, 2}, {}}, {-3, -4, 3, 4}, {{1}}), ElementsAre(-3, 3));
}

TEST(Sum, SaturatesAtTheEndsOfInt8) {
  EXPECT_THAT(reduced<int8_t>("sum", ints({3, 2}), {100, 100, -100, -100, 5, -7}, {{1}}, per_tensor(1, 0)), ElementsAre(127, -128, -2));
}

TEST(Sum, OfAxesApart) {
  EXPECT_THAT(reduced<float>("sum", {DType::F32, {2, 2, 2}, {}}, {1, 2, 3, 4, 5, 6, 7, 8}, {{0, 2}}), ElementsAre(14, 22));
}

TEST(Sum, WrapsAsTheMachineDoes) {
  EXPECT_THAT(reduced<int32_t>("sum", {DType::I32, {2}, {}}, {INT32_MAX, 1}, {{0}}), ElementsAre(INT32_MIN));
}

TEST(Sum, NeedsAScaleOfItsOwn) {
  try {
    reduced<int8_t>("sum", ints({2}), {1, 2}, {{0}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "a quantised operand needs one scale and zero point; this one has none");
  }
}

TEST(ReduceMax, KeepsTheScale) {
  const TensorType x{DType::I8, {2, 3}, per_tensor(0.5f, 3)};
  EXPECT_EQ(op_named("reduce_max").infer(ReduceAttrs{{1}, true}, std::vector<TensorView>{{&x, nullptr}})[0],
            (TensorType{DType::I8, {2, 1}, per_tensor(0.5f, 3)}));
  EXPECT_THAT(reduced<int8_t>("reduce_max", x, {-5, -9, -7, 1, 8, 2}, {{1}}), ElementsAre(-5, 8));
  EXPECT_THAT(reduced<int8_t>("reduce_min", x, {-5, -9, -7, 1, 8, 2}, {{0}}), ElementsAre(-5, -9, -7));
}

TEST(ReduceMax, RefusesWhatItCannotReduce) {
  const auto refusal = [](const TensorType& x, const ReduceAttrs& attrs, std::string_view op = "reduce_max") -> std::string {
    try {
      op_named(op).infer(attrs, std::vector<TensorView>{{&x, nullptr}});
    } catch (const Error& error) {
      return error.what();
    }
    return "reduced";
  };
  EXPECT_EQ(refusal({DType::U8, {4}, {}}, {{0}}), "a reduction takes f32, i8, i16 or i32, not u8");
  EXPECT_EQ(refusal({DType::I16, {65535}, per_tensor(1, 0)}, {{0}}, "mean"), "reduced");
  EXPECT_EQ(refusal({DType::I16, {65536}, per_tensor(1, 0)}, {{0}}, "mean"),
            "means of int16 take at most 65535 elements each, so that sums fit 32 bits");
  EXPECT_EQ(refusal({DType::I16, {4}, per_tensor(1, 3)}, {{0}}, "mean"), "means of int16 need zero point 0");
  EXPECT_EQ(refusal({DType::I16, {4}, per_tensor(1, 0)}, {{0}}, "sum"), "a reduction takes f32, i8 or i32, not i16");
  EXPECT_EQ(refusal({DType::F32, {4}, {}}, {{1}}), "axis 1 does not exist: the tensor has 1 axes");
}

/// A foreign reduction of a 2x3x4 tensor over `axes`.
struct Foreign {
  ForeignGraph graph;
  ForeignNode node{"", "node", 1, {0}, {1}, {}};

  explicit Foreign(const std::vector<int64_t>& axes) : graph{.name = "m", .tensors = std::vector<ForeignTensor>(2), .nodes = {}} {
    graph.tensors[0].type = {DType::I8, {2, 3, 4}, per_tensor(1, 0)};
    graph.tensors[1].type = {DType::I8, {2}, per_tensor(2, 0)};
    append_operand(node, graph, "axes", axes);
  }
  Translated read(std::string_view op) const { return op_named(op).tflite[0].read(node, graph); }
};

TEST(Reduce, ReadsAxesSortedOnceAndFromTheFront) {
  EXPECT_THAT(Foreign({-1, 1, 2}).read("mean").attrs.as<ReduceAttrs>().axes, ElementsAre(1, 2));
  EXPECT_THAT(Foreign({1}).read("sum").in, ElementsAre(0));
}

TEST(Reduce, RefusesAMaximumOnAnotherScale) {
  try {
    Foreign({1, 2}).read("reduce_max");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "the output must have the scale and zero point of the input");
  }
}

TEST(Reduce, RefusesAxesThatAreComputed) {
  Foreign foreign({1});
  foreign.graph.tensors[2].data = nullptr;
  try {
    foreign.read("mean");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "the list of axes is computed while the model runs");
    EXPECT_EQ(error.hint, "export the model with fixed shapes, so that the list of axes is a constant");
  }
}

}  // namespace
}  // namespace thimble

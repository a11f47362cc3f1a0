#include "ops/conv2d.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "ir/interpreter.h"
#include "ops/dwconv2d.h"
#include "ops/ops.h"

namespace thimble {
namespace {

using ::testing::ElementsAre;

/// One int8 convolution with scales 1, so that the multiplier is 1 / out_scale.
struct Int8Conv {
  std::string op = "conv2d";
  Shape x_shape, w_shape;
  std::vector<int8_t> x, w;
  std::vector<int32_t> bias{};
  int32_t x_zero = 0;
  Quant out = per_tensor(1, 0);
  Attrs attrs = Conv2dAttrs{};

  std::vector<int8_t> run() const {
    Graph graph{.name = "m"};
    std::vector<ValueId> in = {graph.add_input("x", {DType::I8, x_shape, per_tensor(1, x_zero)}),
                               graph.add_constant<int8_t>("w", w_shape, w, per_tensor(1, 0))};
    if (!bias.empty()) in.push_back(graph.add_constant<int32_t>("b", {static_cast<int64_t>(bias.size())}, bias));
    graph.outputs = {add_node(graph, op, "y", in, attrs, {out})};
    Buffer bytes(x.size());
    std::memcpy(bytes.data(), x.data(), x.size());
    const Buffer y = Interpreter(graph).run(std::vector<Buffer>{bytes})[0];
    const auto* first = reinterpret_cast<const int8_t*>(y.data());
    return {first, first + y.size()};
  }
};

TEST(Conv2d, PaddedTapsAreRealZero) {
  // Real inputs 1 2 3 (zero point 5) under a filter of 1 10 20 with same padding: 10 + 40, 1 + 20 + 60, 2 + 30.
  const Int8Conv conv{.x_shape = {1, 1, 3, 1},
                      .w_shape = {1, 1, 3, 1},
                      .x = {6, 7, 8},
                      .w = {1, 10, 20},
                      .x_zero = 5,
                      .attrs = Conv2dAttrs{{Padding::Same}}};
  EXPECT_THAT(conv.run(), ElementsAre(50, 81, 32));
}

TEST(Conv2d, RoundsHalvesAsTheReferenceDoes) {
  // 5, -5, 3, -3 by 1/2: no shift is needed, so only the doubling high multiply rounds, ties up.
  const Int8Conv conv{.x_shape = {1, 1, 4, 1}, .w_shape = {1, 1, 1, 1}, .x = {5, -5, 3, -3}, .w = {1}, .out = per_tensor(2, 0)};
  EXPECT_THAT(conv.run(), ElementsAre(3, -2, 2, -1));
}

TEST(Conv2d, RoundsTwiceWhereAShiftFollows) {
  // By 1/8, which is 1/2 and then a shift by 2. 11 -> 5.5 -> 6 -> 1.5 -> 2, where rounding once gives 1; -11 -> -5 -> -1; ties away from
  // zero in the shift: -13 -> -6 -> -1.5 -> -2.
  const Int8Conv conv{.x_shape = {1, 1, 3, 1}, .w_shape = {1, 1, 1, 1}, .x = {11, -11, -13}, .w = {1}, .out = per_tensor(8, 0)};
  EXPECT_THAT(conv.run(), ElementsAre(2, -1, -2));
}

TEST(Conv2d, GroupsReadTheirOwnChannels) {
  const Int8Conv conv{.x_shape = {1, 1, 1, 4}, .w_shape = {2, 1, 1, 2}, .x = {1, 2, 3, 4}, .w = {1, 10, 1, 10}, .bias = {1, -3}};
  EXPECT_THAT(conv.run(), ElementsAre(22, 40));
}

TEST(Dwconv2d, MultiplierRepeatsAChannel) {
  // Two channels, two filters each: channel 0 by 1 and 2, channel 1 by 3 and 4.
  const Int8Conv conv{
      .op = "dwconv2d", .x_shape = {1, 1, 1, 2}, .w_shape = {1, 1, 1, 4}, .x = {5, 7}, .w = {1, 2, 3, 4}, .attrs = Dwconv2dAttrs{}};
  EXPECT_THAT(conv.run(), ElementsAre(5, 10, 21, 28));
}

std::string refusal(const TensorType& x, const TensorType& w, const Conv2dAttrs& attrs = {}) {
  Graph graph{.name = "m"};
  const ValueId a = graph.add_input("x", x), b = graph.add_input("w", w);
  try {
    add_node(graph, "conv2d", "y", {a, b}, attrs);
  } catch (const Error& error) {
    return error.what();
  }
  return "taken";
}

TEST(Conv2d, RefusesInWords) {
  const Quant one = per_tensor(1, 0);
  EXPECT_EQ(refusal({DType::U8, {1, 4, 4, 2}, one}, {DType::U8, {3, 3, 3, 2}, one}),
            "conv2d takes float, int8, or float or int16 with int8 weights; here the input is u8 and the weights are u8: "
            "convert the model with int8 (not uint8) quantisation");
  EXPECT_EQ(refusal({DType::I8, {1, 4, 4, 3}, one}, {DType::I8, {3, 3, 3, 2}, one}),
            "the input's 3 channels are not a multiple of the filters' 2");
  EXPECT_EQ(refusal({DType::I8, {1, 4, 4, 2}, one}, {DType::I8, {3, 3, 3, 2}, per_tensor(1, 4)}),
            "conv2d needs weights with zero point 0, not 4: quantise the weights symmetrically");
  EXPECT_EQ(refusal({DType::I8, {1, 4, 4, 2}, one}, {DType::I8, {3, 3, 3, 2}, {{1, 1}, {0, 0}, 3}}),
            "conv2d needs one weight scale, or one per output channel along axis 0");
  EXPECT_EQ(refusal({DType::I8, {1, 2, 2, 2}, one}, {DType::I8, {3, 3, 3, 2}, one}), "the window is larger than the input");
  EXPECT_EQ(refusal({DType::I8, {1, 2, 2, 2}, one}, {DType::I8, {3, 1, 1, 2}, one}, {{Padding::Valid, {}, 0, 1}}),
            "strides and dilations must be at least 1");
}

}  // namespace
}  // namespace thimble

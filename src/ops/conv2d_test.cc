#include "ops/conv2d.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "ir/interpreter.h"
#include "ops/dwconv2d.h"
#include "ops/fully_connected.h"
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
            "conv2d takes floats, int8, or int8 weights for float or int16 inputs; here the input is u8 and the weights are u8: "
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

/// An int16 layer of nine products to a sum, with this bias for its third channel.
std::string wide_refusal(std::string_view op, int64_t bias, const Attrs& attrs) {
  Graph graph{.name = "m"};
  const bool rows = op == "fully_connected", each = op == "dwconv2d";
  const Quant one = per_tensor(1, 0);
  const ValueId x = graph.add_input("x", {DType::I16, rows ? Shape{1, 9} : Shape{1, 3, 3, each ? 3 : 1}, one});
  const Shape shape = rows ? Shape{3, 9} : each ? Shape{1, 3, 3, 3} : Shape{3, 3, 3, 1};
  const ValueId w = graph.add_constant<int8_t>("w", shape, std::vector<int8_t>(27, 1), one);
  const ValueId b = graph.add_constant<int64_t>("b", {3}, std::vector<int64_t>{0, 0, bias});
  try {
    add_node(graph, op, "y", {x, w, b}, attrs, {one});
  } catch (const Error& error) {
    return error.what();
  }
  return "taken";
}

TEST(Int16Layers, RefuseBiasesThatTheirSumsCannotHold) {
  constexpr int64_t kMost = (int64_t{1} << 47) - 1 - int64_t{9} * 32768 * 255;
  const std::pair<std::string, Attrs> layers[] = {
      {"conv2d", Conv2dAttrs{}}, {"dwconv2d", Dwconv2dAttrs{}}, {"fully_connected", FullyConnectedAttrs{}}};
  for (const auto& [op, attrs] : layers) {
    EXPECT_EQ(wide_refusal(op, kMost, attrs), "taken");
    EXPECT_EQ(wide_refusal(op, -kMost, attrs), "taken");
    for (const int64_t bias : {kMost + 1, -kMost - 1, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()})
      EXPECT_EQ(wide_refusal(op, bias, attrs),
                op +
                    " with int16 input takes biases from -140737413152767 to 140737413152767 here, so that sums fit 48 bits; "
                    "that of channel 2 is " +
                    std::to_string(bias) + ": quantise the model again, with biases in units of input scale times weight scale");
  }
}

TEST(Int16Layers, RefuseBiasesThatAreNotKnown) {
  Graph graph{.name = "m"};
  const Quant one = per_tensor(1, 0);
  const ValueId x = graph.add_input("x", {DType::I16, {1, 9}, one}), b = graph.add_input("b", {DType::I64, {2}, {}});
  const ValueId w = graph.add_constant<int8_t>("w", {2, 9}, std::vector<int8_t>(18, 1), one);
  try {
    add_node(graph, "fully_connected", "y", {x, w, b}, FullyConnectedAttrs{}, {one});
    ADD_FAILURE() << "taken";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "fully_connected with int16 input needs a constant bias, so that its sums are known to fit 48 bits: store the bias in the "
                 "model, or sum what is computed by an add of its own");
  }
}

/// Nine times 32768 * 255 leaves room; 2^24 + 65794 products do not.
TEST(Int16Layers, RefuseMoreProductsThanTheirSumsCanHold) {
  constexpr int64_t kMost = ((int64_t{1} << 47) - 1) / (32768 * 255);
  const Quant one = per_tensor(1, 0);
  for (const int64_t features : {kMost, kMost + 1}) {
    Graph graph{.name = "m"};
    const ValueId x = graph.add_input("x", {DType::I16, {1, features}, one}), w = graph.add_input("w", {DType::I8, {1, features}, one});
    std::string said = "taken";
    try {
      add_node(graph, "fully_connected", "y", {x, w}, FullyConnectedAttrs{}, {one});
    } catch (const Error& error) {
      said = error.what();
    }
    EXPECT_EQ(said, features == kMost ? "taken"
                                      : "fully_connected sums 16843010 products of int16 input, which could take more than 48 bits: "
                                        "quantise the layer's activations as int8");
  }
}

}  // namespace
}  // namespace thimble

// What the kernels for Helium rely on, each bound driven to its edge on a Cortex-M55 and refused one beyond.
#include <gtest/gtest.h>

#include "kernels/kernel.h"
#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"
#include "ops/pool2d.h"
#include "random_layers/on_board.h"

namespace thimble::testing {
namespace {

const Board& board() { return board_named("corstone300"); }

std::string refusal(const Graph& graph, std::string_view kernel) {
  for (const Verdict& verdict : consider(graph.nodes[0], graph, board()))
    if (verdict.kernel->name == kernel) return verdict.refusal;
  return "no such kernel";
}

void expect_runs(const Graph& graph, std::string_view kernel) {
  ASSERT_EQ(refusal(graph, kernel), "");
  ASSERT_EQ(nodes_on_kernels(graph, board(), kernel), 1);
  expect_equal_on(graph, board(), searching_records(graph));
}

std::vector<int8_t> weights_of(int64_t count) {
  std::vector<int8_t> weights;
  for (int64_t i = 0; i < count; ++i) weights.push_back(static_cast<int8_t>(i * 37 % 255 - 127));
  return weights;
}

/// Four outputs of 8,000 weights of 127 whose farthest sum is `farthest`, on the side of `sign`.
Graph of_sum(int64_t farthest, int sign) {
  constexpr int64_t kFeatures = 8000, kUnits = 4;
  Graph graph;
  graph.name = "sum";
  const std::vector<int8_t> weights(kFeatures * kUnits, 127);
  const std::vector<int32_t> bias(kUnits, static_cast<int32_t>(sign * (farthest - 128 * 127 * kFeatures)));
  const ValueId x = graph.add_input("x", {DType::I8, {1, kFeatures}, per_tensor(1.0f, 0)});
  const ValueId w = graph.add_constant<int8_t>("w", {kUnits, kFeatures}, weights, per_tensor(1.0f, 0));
  const ValueId b = graph.add_constant<int32_t>("b", {kUnits}, bias);
  graph.outputs = {add_node(graph, "fully_connected", "y", {x, w, b}, FullyConnectedAttrs{}, {per_tensor(2e7f, 0)})};
  return graph;
}

TEST(HeliumSums, FillThirtyTwoBitsAndNoMore) {
  constexpr int64_t kMost = (int64_t{1} << 31) - 1;
  for (int sign : {-1, 1}) expect_runs(of_sum(kMost, sign), "fully_connected_s8_helium");
  EXPECT_EQ(refusal(of_sum(kMost + 1, 1), "fully_connected_s8_helium"), "the bias and weights of channel 0 could overflow the sum");
}

Graph pool_of(std::string_view op, int64_t rows, int64_t columns) {
  Pool2dAttrs attrs;
  attrs.kernel_h = rows, attrs.kernel_w = columns;
  Graph graph;
  graph.name = "pool";
  const ValueId x = graph.add_input("x", {DType::I8, {1, rows, columns + 1, 11}, per_tensor(0.05f, 3)});
  graph.outputs = {add_node(graph, op, "y", {x}, attrs, {graph.type(x).quant})};
  return graph;
}

TEST(HeliumPools, SumUpTo255Taps) {
  expect_runs(pool_of("average_pool2d", 15, 17), "average_pool2d_s8_helium");
  expect_runs(pool_of("max_pool2d", 15, 17), "max_pool2d_s8_helium");
  EXPECT_EQ(refusal(pool_of("average_pool2d", 16, 16), "average_pool2d_s8_helium"), "the window has more taps than 16-bit sums hold");
}

Graph pointwise(int64_t in_c, int64_t out_c) {
  Graph graph;
  graph.name = "pointwise";
  const ValueId x = graph.add_input("x", {DType::I8, {1, 1, 3, in_c}, per_tensor(0.05f, -5)});
  const ValueId w = graph.add_constant<int8_t>("w", {out_c, 1, 1, in_c}, weights_of(in_c * out_c), per_tensor(0.01f, 0));
  graph.outputs = {add_node(graph, "conv2d", "y", {x, w}, Conv2dAttrs{}, {per_tensor(0.02f * static_cast<float>(in_c), 3)})};
  return graph;
}

TEST(HeliumTiles, ReachAsFarAsTheirLiterals) {
  expect_runs(pointwise(2047, 3), "conv2d_s8_helium");
  expect_runs(pointwise(3, 4095), "conv2d_s8_helium");
  EXPECT_EQ(refusal(pointwise(2048, 3), "conv2d_s8_helium"), "there are too many input channels for an addition's literal");
  EXPECT_EQ(refusal(pointwise(3, 4096), "conv2d_s8_helium"), "there are too many output channels for an addition's literal");
}

Graph depthwise(int64_t columns, int64_t channels) {
  Dwconv2dAttrs attrs;
  attrs.padding = Padding::Same;
  Graph graph;
  graph.name = "depthwise";
  const ValueId x = graph.add_input("x", {DType::I8, {1, 2, columns, channels}, per_tensor(0.05f, -5)});
  const ValueId w = graph.add_constant<int8_t>("w", {1, 3, 3, channels}, weights_of(9 * channels), per_tensor(0.01f, 0));
  graph.outputs = {add_node(graph, "dwconv2d", "y", {x, w}, attrs, {per_tensor(0.1f, 3)})};
  return graph;
}

TEST(HeliumStrips, ReachAsFarAsSixteenBits) {
  expect_runs(depthwise(3, 5461), "dwconv2d_s8_helium");
  EXPECT_EQ(refusal(depthwise(4, 4096), "dwconv2d_s8_helium"), "a row of the output is too long for an offset of 16 bits");
}

}  // namespace
}  // namespace thimble::testing

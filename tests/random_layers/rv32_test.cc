// The kernels for RV32IM, on an ESP32-C3.
#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/kernel.h"
#include "kernels/rv32_packing.h"
#include "ops/conv2d.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"
#include "random_layers/on_board.h"

namespace thimble::testing {
namespace {

const Board& board() { return board_named("esp32c3"); }

class RandomRv32Layers : public ::testing::TestWithParam<Family> {};

TEST_P(RandomRv32Layers, AgreeWithTheInterpreter) { expect_family_equal_on(GetParam(), board(), "_rv32"); }

INSTANTIATE_TEST_SUITE_P(, RandomRv32Layers,
                         ::testing::Values(Family{"conv2d", &RandomLayers::add_conv2d, 120, 80},
                                           Family{"dwconv2d", &RandomLayers::add_dwconv2d, 100, 80},
                                           Family{"any_dwconv2d", &RandomLayers::add_any_dwconv2d, 60, 60},
                                           Family{"padded", &RandomLayers::add_padded, 100, 20},
                                           Family{"fully_connected", &RandomLayers::add_fully_connected, 100, 55}),
                         [](const auto& info) { return info.param.name; });

TEST(RandomLayersOnAnyCore, AddByFactors) { expect_family_equal_on(Family{"sum", &RandomLayers::add_sum, 60, 83}, board(), "_factors"); }

constexpr int kTaps = 3, kChannels = 2;

/// A pointwise convolution of one pair of channels, both with these weights.
Graph pointwise(const std::vector<int>& taps) {
  Graph graph;
  graph.name = "bound";
  std::vector<int8_t> weights;
  for (int c = 0; c < kChannels; ++c)
    for (int w : taps) weights.push_back(static_cast<int8_t>(w));
  const ValueId x = graph.add_input("x", {DType::I8, {1, 2, 3, kTaps}, per_tensor(0.05f, 7)});
  const ValueId w = graph.add_constant<int8_t>("w", {kChannels, 1, 1, kTaps}, weights, per_tensor(0.01f, 0));
  graph.outputs = {add_node(graph, "conv2d", "y", {x, w}, Conv2dAttrs{}, {per_tensor(0.13f, 3)})};
  return graph;
}

TEST(PairedPixels, FillTheirBlocksToTheEdgeAndNoFurther) {
  struct {
    std::vector<int> weights;
    int first_block;
  } const cases[] = {
      {{127, 127, 2}, 3},     // -128 * 256 is the least that 16 bits hold
      {{127, 127, 3}, 2},     // one beyond
      {{-127, -127, -1}, 3},  // -128 * -255
      {{-127, -127, -2}, 2},  // -128 * -256 is one more than 16 bits hold
      {{-128, 127, 1}, 3},    // of both signs
      {{-128, -127, 0}, 3},  {{-128, -128, 0}, 1},
  };
  for (const auto& [weights, first_block] : cases) {
    const Graph graph = pointwise(weights);
    EXPECT_EQ(blocks_of(conv2d_layer(graph.nodes[0], graph), 0, kChannels, 8).front(), first_block);
    ASSERT_EQ(nodes_on_kernels(graph, board(), "_rv32"), 1);
    expect_equal_on(graph, board(), searching_records(graph));
  }
}

/// A fully connected layer whose every unit has one row of weights, repeated to fill 41 taps.
Graph units_of(const std::vector<std::vector<int8_t>>& rows) {
  constexpr int kFeatures = 41;
  Graph graph;
  graph.name = "units";
  std::vector<int8_t> weights;
  for (const auto& row : rows)
    for (size_t k = 0; k < kFeatures; ++k) weights.push_back(row[k % row.size()]);
  const ValueId x = graph.add_input("x", {DType::I8, {1, kFeatures}, per_tensor(0.05f, -3)});
  const ValueId w = graph.add_constant<int8_t>("w", {static_cast<int64_t>(rows.size()), kFeatures}, weights, per_tensor(0.01f, 0));
  graph.outputs = {add_node(graph, "fully_connected", "y", {x, w}, FullyConnectedAttrs{}, {per_tensor(2.5f, 3)})};
  return graph;
}

TEST(PairedUnits, AreExactWhereTheyFillTheHalfWord) {
  // All twelve of a group are cut at the same taps, so each edge has a group of its own, with one of its opposite beside it.
  for (const std::vector<int8_t>& edge : {std::vector<int8_t>{127, 127, 2, 0},
                                          {127, 127, 3, 0},
                                          {-127, -127, -1, 0},
                                          {-127, -127, -2, 0},
                                          {-128},
                                          {127},
                                          {-128, 127, 1, 0},
                                          {64},
                                          {-64},
                                          {-63, -64, -64, -64},
                                          {32},
                                          {-32},
                                          {0}}) {
    std::vector<std::vector<int8_t>> rows(12, edge);
    rows[3] = {1}, rows[8] = {0}, rows[11] = {-1, 1};
    const Graph graph = units_of(rows);
    ASSERT_EQ(nodes_on_kernels(graph, board(), "_rv32"), 1);
    expect_equal_on(graph, board(), searching_records(graph));
  }
}

}  // namespace
}  // namespace thimble::testing

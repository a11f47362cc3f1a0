// The kernels for ARMv6-M, on a Cortex-M0+.
#include <gtest/gtest.h>

#include "ops/conv2d.h"
#include "ops/ops.h"
#include "random_layers/on_board.h"

namespace thimble::testing {
namespace {

const Board& board() { return board_named("pico"); }

class RandomM0Layers : public ::testing::TestWithParam<Family> {};

TEST_P(RandomM0Layers, AgreeWithTheInterpreter) { expect_family_equal_on(GetParam(), board(), "_m0"); }

INSTANTIATE_TEST_SUITE_P(, RandomM0Layers,
                         ::testing::Values(Family{"conv2d", &RandomLayers::add_conv2d, 120, 80},
                                           Family{"dwconv2d", &RandomLayers::add_dwconv2d, 100, 75}),
                         [](const auto& info) { return info.param.name; });

/// A pointwise convolution of six pixels whose every output channel has one row of `rows`, repeated to fill 40 taps.
Graph convolution_of(const std::vector<std::vector<int8_t>>& rows) {
  constexpr int kTaps = 40;
  Graph graph;
  graph.name = "edges";
  std::vector<int8_t> weights;
  for (const auto& row : rows)
    for (size_t k = 0; k < kTaps; ++k) weights.push_back(row[k % row.size()]);
  const auto channels = static_cast<int64_t>(rows.size());
  const ValueId x = graph.add_input("x", {DType::I8, {1, 2, 3, kTaps}, per_tensor(0.05f, -3)});
  const ValueId w = graph.add_constant<int8_t>("w", {channels, 1, 1, kTaps}, weights, per_tensor(0.01f, 0));
  graph.outputs = {add_node(graph, "conv2d", "y", {x, w}, Conv2dAttrs{}, {per_tensor(2.5f, 3)})};
  return graph;
}

TEST(PairBlocks, AreExactWhereTheyFillTheHalfWord) {
  // Sums of 256, of 256 and one more, with -128, of both signs; the ends of the range as inputs are among the records.
  const Graph graph = convolution_of({{127, 127, 2},
                                      {127, 127, 3},
                                      {-127, -127, -1},
                                      {-127, -127, -2},
                                      {-128},
                                      {127},
                                      {-128, 127},
                                      {127, -128, 1, -1},
                                      {15},
                                      {-15},
                                      {16},
                                      {-16},
                                      {1},
                                      {-1},
                                      {0},
                                      {100, -100, 50, 6, 1}});
  ASSERT_EQ(nodes_on_kernels(graph, board(), "_m0"), 1);
  auto records = searching_records(graph);
  for (unsigned turn = 0; turn < 6; ++turn) {  // one pixel at an end of the range, its neighbours at the other
    Buffer bytes(static_cast<size_t>(graph.type(graph.inputs[0]).bytes()), std::byte{127});
    std::fill_n(bytes.begin() + 40 * turn, 40, std::byte{128});
    records.push_back({bytes});
  }
  expect_equal_on(graph, board(), records);
}

}  // namespace
}  // namespace thimble::testing

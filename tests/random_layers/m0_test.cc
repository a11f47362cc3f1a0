// The kernels for ARMv6-M, on a Cortex-M0+.
#include <gtest/gtest.h>

#include "ops/conv2d.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"
#include "random_layers/on_board.h"

namespace thimble::testing {
namespace {

const Board& board() { return board_named("pico"); }

class RandomM0Layers : public ::testing::TestWithParam<Family> {};

TEST_P(RandomM0Layers, AgreeWithTheInterpreter) { expect_family_equal_on(GetParam(), board(), "_m0"); }

INSTANTIATE_TEST_SUITE_P(, RandomM0Layers,
                         ::testing::Values(Family{"conv2d", &RandomLayers::add_conv2d, 120, 80},
                                           Family{"dwconv2d", &RandomLayers::add_dwconv2d, 100, 75},
                                           Family{"any_dwconv2d", &RandomLayers::add_any_dwconv2d, 80, 60},
                                           Family{"wide_conv2d", &RandomLayers::add_wide_conv2d, 60, 20},
                                           Family{"wide_dwconv2d", &RandomLayers::add_wide_dwconv2d, 30, 20},
                                           Family{"padded", &RandomLayers::add_padded, 100, 20},
                                           Family{"pool2d", &RandomLayers::add_pool2d, 100, 55},
                                           Family{"fully_connected", &RandomLayers::add_fully_connected, 100, 75}),
                         [](const auto& info) { return info.param.name; });

/// Where flash counts, layers share functions that read their geometry.
class RandomM0LayersInLittleFlash : public ::testing::TestWithParam<Family> {};

TEST_P(RandomM0LayersInLittleFlash, AgreeWithTheInterpreter) { expect_family_equal_on(GetParam(), board(), "_m0", Optimize::Flash); }

INSTANTIATE_TEST_SUITE_P(, RandomM0LayersInLittleFlash,
                         ::testing::Values(Family{"conv2d", &RandomLayers::add_conv2d, 60, 80},
                                           Family{"any_dwconv2d", &RandomLayers::add_any_dwconv2d, 50, 60},
                                           Family{"fully_connected", &RandomLayers::add_fully_connected, 60, 70},
                                           Family{"padded", &RandomLayers::add_padded, 60, 20}),
                         [](const auto& info) { return info.param.name; });

constexpr int kTaps = 40;

/// Sums of 256, of 256 and one more, with -128, of both signs.
const std::vector<std::vector<int8_t>>& edges() {
  static const std::vector<std::vector<int8_t>> kRows = {{127, 127, 2},
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
                                                         {100, -100, 50, 6, 1}};
  return kRows;
}

/// Each of the rows, repeated to fill the taps, for `channels` output channels.
std::vector<int8_t> weights_of(const std::vector<std::vector<int8_t>>& rows, int channels) {
  std::vector<int8_t> weights;
  for (const auto& row : rows)
    for (int c = 0; c < channels; ++c)
      for (size_t k = 0; k < kTaps; ++k) weights.push_back(row[k % row.size()]);
  return weights;
}

TEST(PairBlocks, AreExactWhereTheyFillTheHalfWord) {
  Graph graph;
  graph.name = "edges";
  const auto channels = static_cast<int64_t>(edges().size());
  const ValueId x = graph.add_input("x", {DType::I8, {1, 2, 3, kTaps}, per_tensor(0.05f, -3)});
  const ValueId w = graph.add_constant<int8_t>("w", {channels, 1, 1, kTaps}, weights_of(edges(), 1), per_tensor(0.01f, 0));
  graph.outputs = {add_node(graph, "conv2d", "y", {x, w}, Conv2dAttrs{}, {per_tensor(2.5f, 3)})};
  ASSERT_EQ(nodes_on_kernels(graph, board(), "_m0"), 1);
  auto records = searching_records(graph);
  for (unsigned turn = 0; turn < 6; ++turn) {  // one pixel at an end of the range, its neighbours at the other
    Buffer bytes(static_cast<size_t>(graph.type(graph.inputs[0]).bytes()), std::byte{127});
    std::fill_n(bytes.begin() + kTaps * turn, kTaps, std::byte{128});
    records.push_back({bytes});
  }
  expect_equal_on(graph, board(), records);
}

TEST(FullyConnectedBlocks, AreExactWhereTheyFillTheHalfWord) {
  constexpr int kEight = 8;  // channels that are cut together
  Graph graph;
  graph.name = "edges";
  const auto channels = static_cast<int64_t>(edges().size()) * kEight;
  std::vector<int32_t> bias(static_cast<size_t>(channels));
  bias[5] = -9000000, bias[6] = 9000000;  // these give one output for every input
  const ValueId x = graph.add_input("x", {DType::I8, {1, kTaps}, per_tensor(0.05f, -3)});
  const ValueId w = graph.add_constant<int8_t>("w", {channels, kTaps}, weights_of(edges(), kEight), per_tensor(0.01f, 0));
  const ValueId b = graph.add_constant<int32_t>("b", {channels}, bias);
  graph.outputs = {add_node(graph, "fully_connected", "y", {x, w, b}, FullyConnectedAttrs{}, {per_tensor(2.5f, 3)})};
  ASSERT_EQ(nodes_on_kernels(graph, board(), "_m0"), 1);
  auto records = searching_records(graph);
  for (size_t k = 0; k < kTaps; k += 3) {  // the ends of the range change places at a tap
    Buffer bytes(kTaps, std::byte{127});
    std::fill_n(bytes.begin(), k, std::byte{128});
    records.push_back({bytes});
  }
  expect_equal_on(graph, board(), records);
}

}  // namespace
}  // namespace thimble::testing

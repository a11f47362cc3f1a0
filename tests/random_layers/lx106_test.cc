// The kernels for the LX106, on an ESP8266.
#include <gtest/gtest.h>

#include "kernels/kernel.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"
#include "random_layers/on_board.h"

namespace thimble::testing {
namespace {

class RandomLx106Layers : public ::testing::TestWithParam<Family> {};

TEST_P(RandomLx106Layers, AgreeWithTheInterpreter) { expect_family_equal_on(GetParam(), board_named("esp8266"), "_lx106"); }

INSTANTIATE_TEST_SUITE_P(, RandomLx106Layers,
                         ::testing::Values(Family{"conv2d", &RandomLayers::add_conv2d, 40, 80},
                                           Family{"dwconv2d", &RandomLayers::add_dwconv2d, 30, 80},
                                           Family{"any_dwconv2d", &RandomLayers::add_any_dwconv2d, 30, 45},
                                           Family{"padded", &RandomLayers::add_padded, 50, 20},
                                           Family{"fully_connected", &RandomLayers::add_fully_connected, 50, 70}),
                         [](const auto& info) { return info.param.name; });

/// Four units whose weights are all 127, so that sums reach 128 * 127 * 520 and the bias; scales of a power of two stay exact that far.
Graph units_with_bias(int32_t bias) {
  constexpr int kFeatures = 520, kUnits = 4;
  Graph graph;
  graph.name = "bound";
  const ValueId x = graph.add_input("x", {DType::I8, {1, kFeatures}, per_tensor(0.0625f, 0)});
  const ValueId w =
      graph.add_constant<int8_t>("w", {kUnits, kFeatures}, std::vector<int8_t>(kFeatures * kUnits, 127), per_tensor(0.015625f, 0));
  const ValueId b = graph.add_constant<int32_t>("b", {kUnits}, std::vector<int32_t>{bias, -bias, bias, -bias});
  graph.outputs = {add_node(graph, "fully_connected", "y", {x, w, b}, FullyConnectedAttrs{}, {per_tensor(16384.0f, 3)})};
  return graph;
}

TEST(Sums, AreExactUpToTheirBoundAndRefusedBeyond) {
  constexpr int32_t kMost = (1 << 30) - 1 - 128 * 127 * 520;  // a quarter of what 32 bits hold
  const Graph graph = units_with_bias(kMost);
  ASSERT_EQ(nodes_on_kernels(graph, board_named("esp8266"), "_lx106"), 1);
  expect_equal_on(graph, board_named("esp8266"), searching_records(graph));
  const Graph beyond = units_with_bias(kMost + 1);
  EXPECT_EQ(nodes_on_kernels(beyond, board_named("esp8266"), "_lx106"), 0);
  for (const Verdict& verdict : consider(beyond.nodes[0], beyond, board_named("esp8266")))
    if (verdict.kernel->name == "fully_connected_s8_lx106") {
      EXPECT_EQ(verdict.refusal, "the bias and weights of channel 0 could overflow the sum");
    }
}

}  // namespace
}  // namespace thimble::testing

// The kernels for AVR, on an Arduino Uno: one layer to a firmware, for its memory holds no more.
#include <gtest/gtest.h>

#include "kernels/kernel.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"
#include "random_layers/on_board.h"

namespace thimble::testing {
namespace {

struct SmallFamily {
  const char* name;
  void (RandomLayers::*add)();
  int layers, least_on_kernels;
};
void PrintTo(const SmallFamily& family, std::ostream* out) { *out << family.name; }

class RandomAvrLayers : public ::testing::TestWithParam<SmallFamily> {};

TEST_P(RandomAvrLayers, AgreeWithTheInterpreter) {
  const Board& board = board_named("uno");
  int on_kernels = 0;
  for (int i = 0; i < GetParam().layers && !IsSkipped(); ++i) {
    SCOPED_TRACE("layer " + std::to_string(i));
    RandomLayers layers(static_cast<uint32_t>(2026 + i));
    (layers.*GetParam().add)();
    const Graph& graph = layers.graph();
    if (graph.type(graph.inputs[0]).bytes() + graph.type(graph.outputs[0]).bytes() > 1200) continue;
    on_kernels += nodes_on_kernels(graph, board, "_avr");
    expect_equal_on(graph, board, searching_records(graph));
  }
  EXPECT_GE(on_kernels, GetParam().least_on_kernels);
}

INSTANTIATE_TEST_SUITE_P(, RandomAvrLayers,
                         ::testing::Values(SmallFamily{"conv2d", &RandomLayers::add_conv2d, 16, 10},
                                           SmallFamily{"padded", &RandomLayers::add_padded, 30, 10},
                                           SmallFamily{"fully_connected", &RandomLayers::add_fully_connected, 12, 8}),
                         [](const auto& info) { return info.param.name; });

/// Four units whose weights are all 127, so that sums reach 128 * 127 * 100 and the bias beyond 0.
Graph units_with_bias(int32_t bias) {
  constexpr int kFeatures = 100, kUnits = 4;
  Graph graph;
  graph.name = "bound";
  const ValueId x = graph.add_input("x", {DType::I8, {1, kFeatures}, per_tensor(0.05f, 0)});
  const ValueId w =
      graph.add_constant<int8_t>("w", {kUnits, kFeatures}, std::vector<int8_t>(kFeatures * kUnits, 127), per_tensor(0.01f, 0));
  const ValueId b = graph.add_constant<int32_t>("b", {kUnits}, std::vector<int32_t>{bias, -bias, bias, -bias});
  graph.outputs = {add_node(graph, "fully_connected", "y", {x, w, b}, FullyConnectedAttrs{}, {per_tensor(20.0f, 3)})};
  return graph;
}

TEST(Sums, AreExactUpToTheirBoundAndRefusedBeyond) {
  constexpr int32_t kMost = (1 << 22) - 1 - 128 * 127 * 100;  // a quarter of what 24 bits hold
  const Graph graph = units_with_bias(kMost);
  ASSERT_EQ(nodes_on_kernels(graph, board_named("uno"), "_avr"), 1);
  expect_equal_on(graph, board_named("uno"), searching_records(graph));
  const Graph beyond = units_with_bias(kMost + 1);
  EXPECT_EQ(nodes_on_kernels(beyond, board_named("uno"), "_avr"), 0);
  for (const Verdict& verdict : consider(beyond.nodes[0], beyond, board_named("uno")))
    if (verdict.kernel->name == "fully_connected_s8_avr") {
      EXPECT_EQ(verdict.refusal, "the bias and weights of channel 0 could overflow the sum");
    }
}

}  // namespace
}  // namespace thimble::testing

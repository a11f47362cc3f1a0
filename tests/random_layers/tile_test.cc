// Float kernels in register tiles, on a Cortex-M4F and in the vectors of a Cortex-M55: near the interpreter, and to the bit what the
// reference kernels give.
#include <gtest/gtest.h>

#include "base/error.h"
#include "random_layers/on_board.h"

namespace thimble::testing {
namespace {

void expect_the_reference_on(const Board& board, const Family& family) {
  RandomLayers layers(2026);
  for (int i = 0; i < family.layers; ++i) (layers.*family.add)();
  const Graph& graph = layers.graph();
  EXPECT_GE(nodes_on_kernels(graph, board, "_tile") * 100, family.least_on_kernels * family.layers);
  const auto records = searching_records(graph);
  expect_equal_on(graph, board, records, 1e-5);
  if (::testing::Test::IsSkipped()) return;
  EXPECT_EQ(outputs_on(graph, board, records), outputs_on(graph, board, records, Optimize::Flash))
      << "the rows of flash are the reference's";
}

class RandomFloatLayers : public ::testing::TestWithParam<Family> {};

TEST_P(RandomFloatLayers, AgreeWithTheReference) { expect_the_reference_on(board_named("nano33ble"), GetParam()); }

TEST_P(RandomFloatLayers, AgreeWithTheReferenceInVectors) { expect_the_reference_on(board_named("corstone300"), GetParam()); }

INSTANTIATE_TEST_SUITE_P(, RandomFloatLayers,
                         ::testing::Values(Family{"conv2d", &RandomLayers::add_float_conv2d, 60, 85},
                                           Family{"dwconv2d", &RandomLayers::add_float_dwconv2d, 60, 100},
                                           Family{"fully_connected", &RandomLayers::add_float_fully_connected, 40, 85}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace thimble::testing

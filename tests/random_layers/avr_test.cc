// The kernels for AVR, on an Arduino Uno: one layer to a firmware, for its memory holds no more.
#include <gtest/gtest.h>

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
                                           SmallFamily{"fully_connected", &RandomLayers::add_fully_connected, 12, 8}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace thimble::testing

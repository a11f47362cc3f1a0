#include "kernels/kernel.h"

#include <gtest/gtest.h>

#include "ops/fully_connected.h"
#include "ops/ops.h"

namespace thimble {
namespace {

Graph fully_connected(int64_t units, int64_t features) {
  Graph graph;
  graph.name = "layer";
  std::vector<int8_t> weights(static_cast<size_t>(units * features));
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<int8_t>(i * 37 % 255 - 127);
  const ValueId x = graph.add_input("x", {DType::I8, {1, features}, per_tensor(0.05f, 0)});
  const ValueId w = graph.add_constant<int8_t>("w", {units, features}, weights, per_tensor(0.01f, 0));
  graph.outputs = {add_node(graph, "fully_connected", "y", {x, w}, FullyConnectedAttrs{}, {per_tensor(2.0f, 3)})};
  return graph;
}

std::string_view choice(const Graph& graph, const char* board) {
  return consider(graph.nodes[0], graph, board_named(board)).front().kernel->name;
}

/// `thimble tune` measures so: 107,169 cycles against 134,046 of the rows and 162,236 of the lean row on the Cortex-M4, and 79,926 against
/// 67,922 and 76,091 on the Cortex-M7; with 8 units of 128 2,002, 2,475 and 2,482 against 1,432, 1,341 and 1,197.
TEST(Choice, DiffersWhereTheCoreIssuesTwoInstructionsAtOnce) {
  EXPECT_EQ(choice(fully_connected(128, 640), "nano33ble"), "fully_connected_s8_dsp");
  EXPECT_EQ(choice(fully_connected(128, 640), "thingy91"), "fully_connected_s8_dsp");
  EXPECT_EQ(choice(fully_connected(128, 640), "f746disco"), "fully_connected_s8_rows_dsp");
  EXPECT_EQ(choice(fully_connected(8, 128), "nano33ble"), "fully_connected_s8_dsp");
  EXPECT_EQ(choice(fully_connected(8, 128), "f746disco"), "fully_connected_s8_dsp_lean");
}

/// By `thimble profile` its code waits some 110,000 cycles with loops of 1.8 kB, some 1,000 with short ones; its constants 51,000 in both.
TEST(Choice, KeepsLoopsShortWhereCodeWaitsForTheFlash) {
  EXPECT_EQ(choice(fully_connected(128, 640), "l4r5"), "fully_connected_s8_short_dsp");
  EXPECT_EQ(choice(fully_connected(128, 32), "l4r5"), "fully_connected_s8_dsp");
  const Graph graph = fully_connected(128, 640);
  for (const Verdict& verdict : consider(graph.nodes[0], graph, board_named("l4r5")))
    EXPECT_EQ(verdict.waits, verdict.kernel->name == "fully_connected_s8_dsp") << verdict.kernel->name;
}

}  // namespace
}  // namespace thimble

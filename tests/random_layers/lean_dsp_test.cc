// The kernels for the ARM DSP extension that need little or no scratch, on a Cortex-M4: they are never the cheapest, so they are asked for.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/files.h"
#include "deploy/deploy.h"
#include "random_layers/on_board.h"
#include "runners/compare.h"
#include "runners/tools.h"

namespace thimble::testing {
namespace {

class LeanDspLayers : public ::testing::TestWithParam<Family> {};

std::string lean_kernel(const Node& node, const Graph&) { return std::string(node.op->name) + "_s8_dsp_lean"; }

std::vector<std::vector<std::byte>> joined(const std::vector<std::vector<Buffer>>& records) {
  std::vector<std::vector<std::byte>> all;
  for (const auto& record : records) {
    all.emplace_back();
    for (const Buffer& input : record) all.back().insert(all.back().end(), input.begin(), input.end());
  }
  return all;
}

TEST_P(LeanDspLayers, AgreeWithTheInterpreter) {
  const Family& family = GetParam();
  RandomLayers layers(77);
  for (int i = 0; i < family.layers; ++i) (layers.*family.add)();
  const Graph& graph = layers.graph();
  const Board& board = board_named("nano33ble");
  const Compiled model = compile(graph, board, {.golden = false, .prefer = lean_kernel});
  const auto lean = std::count_if(model.layers.begin(), model.layers.end(), [](const Layer& l) { return l.kernel.ends_with("_lean"); });
  EXPECT_GE(lean * 100, family.least_on_kernels * family.layers);
  const auto records = searching_records(graph);
  std::vector<std::vector<std::byte>> outputs;
  try {
    Progress quiet;
    const TempDir dir;
    outputs = run_firmware(build_firmware(model, board, dir.path(), {}, quiet), joined(records), false, quiet).outputs;
  } catch (const Error& error) {
    if (error.blame != Blame::Environment) throw;
    THIMBLE_SKIP_FOR_WANT_OF(error.what());
  }
  EXPECT_EQ(outputs, joined(interpret(graph, records)));
}

INSTANTIATE_TEST_SUITE_P(, LeanDspLayers,
                         ::testing::Values(Family{"dwconv2d", &RandomLayers::add_dwconv2d, 100, 40},
                                           Family{"fully_connected", &RandomLayers::add_fully_connected, 100, 80}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace thimble::testing

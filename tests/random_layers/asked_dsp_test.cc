// The kernels for the ARM DSP extension that need little or no scratch, or keep their loops short: on a Cortex-M4 whose flash does not wait
// they are never the cheapest, so they are asked for.
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "base/files.h"
#include "deploy/deploy.h"
#include "random_layers/on_board.h"
#include "runners/compare.h"
#include "runners/tools.h"

namespace thimble::testing {
namespace {

/// A family, and the end of the names of its rows.
struct Asked {
  Family family;
  const char* suffix;
};
void PrintTo(const Asked& asked, std::ostream* out) { *out << asked.family.name << asked.suffix; }

class AskedDspLayers : public ::testing::TestWithParam<Asked> {};

std::vector<std::vector<std::byte>> joined(const std::vector<std::vector<Buffer>>& records) {
  std::vector<std::vector<std::byte>> all;
  for (const auto& record : records) {
    all.emplace_back();
    for (const Buffer& input : record) all.back().insert(all.back().end(), input.begin(), input.end());
  }
  return all;
}

void expect_equal_by(const std::string& suffix, const Graph& graph, int least) {
  const Board& board = board_named("nano33ble");
  const auto asked = [&](const Node& node, const Graph&) { return std::string(node.op->name) + suffix; };
  const Compiled model = compile(graph, board, {.golden = false, .prefer = asked});
  EXPECT_GE(std::count_if(model.layers.begin(), model.layers.end(), [&](const Layer& l) { return l.kernel.ends_with(suffix); }), least);
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

TEST_P(AskedDspLayers, AgreeWithTheInterpreter) {
  const auto& [family, suffix] = GetParam();
  int least = family.layers * family.least_on_kernels / 100;  // of the first seed
  for_each_seed(family, [&](const Graph& graph) { expect_equal_by(suffix, graph, std::exchange(least, 0)); });
}

INSTANTIATE_TEST_SUITE_P(, AskedDspLayers,
                         ::testing::Values(Asked{{"lean_dwconv2d", &RandomLayers::add_dwconv2d, 100, 40}, "_s8_dsp_lean"},
                                           Asked{{"lean_fully_connected", &RandomLayers::add_fully_connected, 100, 80}, "_s8_dsp_lean"},
                                           Asked{{"short_conv2d", &RandomLayers::add_conv2d, 60, 30}, "_s8_short_dsp"},
                                           Asked{{"short_fully_connected", &RandomLayers::add_long_fully_connected, 20, 50},
                                                 "_s8_short_dsp"},
                                           Asked{{"short_rows", &RandomLayers::add_rows, 30, 30}, "_s8_short_rows_dsp"}),
                         [](const auto& info) { return info.param.family.name; });

}  // namespace
}  // namespace thimble::testing

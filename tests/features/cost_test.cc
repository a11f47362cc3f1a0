// What blocks cost on a Cortex-M4: the estimates against the emulator's count, and the transform against the best that is known.
#include <gtest/gtest.h>

#include <cmath>

#include "base/files.h"
#include "codegen/compiled.h"
#include "deploy/deploy.h"
#include "dsp/block.h"
#include "kernels/kernel.h"

namespace thimble::testing {
namespace {

/// Instructions of arm_rfft_fast_f32 for 512 values: CMSIS-DSP 1.10.3, GCC 12.2 -O3 for Cortex-M4F, counted by the same emulator (-O2
/// takes 24,215, -Os 24,572, -Ofast 24,859).
constexpr double kBestKnown = 24214;

std::vector<std::byte> ramp(int64_t count, bool bytes) {
  std::vector<std::byte> data;
  for (int64_t i = 0; i < count; ++i) {
    const auto number = (i * i * 7 + i * 13) % 2001 - 1000;
    const auto value = static_cast<float>(number);
    const auto raw = std::as_bytes(std::span(&value, 1));
    if (bytes)
      data.push_back(static_cast<std::byte>(number & 255));
    else
      data.insert(data.end(), raw.begin(), raw.end());
  }
  return data;
}

RunResult counted(const Graph& graph, const Board& board) {
  Progress quiet;
  const TempDir dir;
  std::vector<std::byte> record;
  for (const ValueId id : graph.inputs) {
    const TensorType& type = graph.type(id);
    const std::vector<std::byte> one = ramp(type.elements(), type.dtype == DType::U8);
    record.insert(record.end(), one.begin(), one.end());
  }
  const Firmware firmware = build_firmware(compile(graph, board, {.golden = false}), board, dir.path(), {}, quiet);
  return run_firmware(firmware, {record}, true, quiet);
}

struct Window {
  const char* block;
  DType dtype;
  Shape shape;
  AttrBag attrs;
};

Graph side_by_side(const std::vector<Window>& windows) {
  Graph graph{.name = "costs"};
  for (const Window& w : windows) {
    const OpDef& op = block_named(w.block).op;
    const ValueId in = graph.add_input(w.block, {w.dtype, w.shape, {}});
    graph.outputs.push_back(graph.add_node(op, w.block, {in}, op.attrs.with(w.attrs)));
  }
  return graph;
}

TEST(BlockCosts, EstimatesAreNearTheCount) {
  const Board& board = board_named("nano33ble");
  const auto f32 = DType::F32;
  const std::vector<Window> windows = {
      {"raw", f32, {125, 3}, {{"scale_axes", 0.5}}},
      {"flatten", f32, {125, 3}, {}},
      {"series", f32, {200, 2}, {}},
      {"filter", f32, {125, 3}, {{"high_cutoff", 10.0}}},
      {"decimate", f32, {500, 3}, {}},
      {"spectral", f32, {125, 3}, {}},
      {"spectral", f32, {250, 3}, {{"fft_length", int64_t{64}}, {"filter_type", std::string("low")}}},
      {"wavelet", f32, {125, 3}, {}},
      {"wavelet", f32, {256, 1}, {{"wavelet", std::string("sym8")}, {"wavelet_level", int64_t{3}}}},
      {"cmvn", f32, {49, 13}, {}},
      {"mfcc", f32, {4000, 1}, {}},
      {"mfe", f32, {4000, 1}, {{"fft_length", int64_t{512}}}},
      {"spectrogram", f32, {4000, 1}, {}},
      {"micro_speech", f32, {4000, 1}, {}},
      {"heart", f32, {1000, 1}, {}},
      {"image", DType::U8, {60, 80, 3}, {{"width", int64_t{32}}, {"height", int64_t{32}}}},
  };
  const Graph graph = side_by_side(windows);
  RunResult result;
  try {
    result = counted(graph, board);
  } catch (const Error& error) {
    if (error.blame != Blame::Environment) throw;
    GTEST_SKIP() << error.what();
  }
  ASSERT_EQ(result.layers.size(), windows.size());
  double sum = 0;
  for (size_t i = 0; i < windows.size(); ++i) {
    const double estimate = consider(graph.nodes[i], graph, board).front().cycles, count = result.layers[i].cycles;
    const double error = std::abs(estimate / count - 1);
    std::printf("%-13s %10.0f cycles estimated, %10.0f counted, %+4.0f %%\n", windows[i].block, estimate, count,
                100 * (estimate / count - 1));
    EXPECT_LT(error, 0.5) << windows[i].block;
    sum += error;
  }
  std::printf("mean error %.0f %%\n", 100 * sum / static_cast<double>(windows.size()));
  EXPECT_LT(sum / static_cast<double>(windows.size()), 0.2);
}

TEST(BlockCosts, TheTransformTakesNoMoreInstructionsThanTheBestKnown) {
  const Graph graph = side_by_side(
      {{"spectrogram", DType::F32, {512, 1}, {{"frame_length", 0.032}, {"frame_stride", 0.032}, {"fft_length", int64_t{512}}}}});
  RunResult result;
  try {
    result = counted(graph, board_named("nano33ble"));
  } catch (const Error& error) {
    if (error.blame != Blame::Environment) throw;
    GTEST_SKIP() << error.what();
  }
  double instructions = 0;
  for (const FunctionCost& function : result.functions)
    if (function.name.starts_with("thimble_real_fft")) instructions += static_cast<double>(function.instructions);
  std::printf("a real transform of 512 values: %.0f instructions, %.3f of CMSIS-DSP's\n", instructions, instructions / kBestKnown);
  EXPECT_GT(instructions, 10000) << "it must be a function of its own to be counted";
  EXPECT_LE(instructions, kBestKnown);
}

}  // namespace
}  // namespace thimble::testing

// What blocks cost on a Cortex-M4: the estimates against the emulator's count, and the transform against the best that is known.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/files.h"
#include "codegen/compiled.h"
#include "deploy/deploy.h"
#include "dsp/block.h"
#include "kernels/kernel.h"
#include "runners/tools.h"

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

constexpr DType f32 = DType::F32;

double mean(const std::vector<double>& x) { return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size()); }

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

/// Blocks of which no window is looked at.
std::vector<std::string> forgotten(const std::vector<Window>& windows) {
  std::vector<std::string> names;
  for (const Block* block : all_blocks())
    if (std::none_of(windows.begin(), windows.end(), [&](const Window& w) { return w.block == block->op.name; }))
      names.emplace_back(block->op.name);
  return names;
}

/// Estimates against counts, a line each; none may be as far off as `most`.
void expect_errors_below(double most, const std::vector<Window>& windows, std::string_view board_name) {
  EXPECT_EQ(forgotten(windows), std::vector<std::string>());
  const Board& board = board_named(board_name);
  const Graph graph = side_by_side(windows);
  RunResult result;
  try {
    result = counted(graph, board);
  } catch (const Error& error) {
    if (error.blame != Blame::Environment) throw;
    THIMBLE_SKIP_FOR_WANT_OF(error.what());
  }
  ASSERT_EQ(result.layers.size(), windows.size());
  std::vector<double> errors;
  for (size_t i = 0; i < windows.size(); ++i) {
    const double estimate = consider(graph.nodes[i], graph, board).front().cycles, count = result.layers[i].cycles;
    std::printf("%-13s %10.0f cycles estimated, %10.0f counted, %+4.0f %%\n", windows[i].block, estimate, count,
                100 * (estimate / count - 1));
    errors.push_back(std::abs(estimate / count - 1));
    EXPECT_LT(errors.back(), most) << windows[i].block << " number " << i;
  }
  std::printf("mean error %.1f %%\n", 100 * mean(errors));
}

AttrBag word(const char* name, const char* value, AttrBag more = {}) {
  more.insert({name, std::string(value)});
  return more;
}

/// What the constants of src/dsp were fitted to.
TEST(BlockCosts, EstimatesAreNearTheCount) {
  const std::vector<Window> windows = {
      {"raw", f32, {125, 3}, {{"scale_axes", 0.5}}},
      {"normalise", f32, {125, 3}, {}},
      {"normalise", f32, {100, 6}, {{"root", true}}},
      {"flatten", f32, {125, 3}, {}},
      {"series", f32, {200, 2}, {}},
      {"filter", f32, {125, 3}, {{"high_cutoff", 10.0}}},
      {"decimate", f32, {500, 3}, {}},
      {"spectral", f32, {125, 3}, {}},
      {"spectral", f32, {250, 3}, word("filter_type", "low", {{"fft_length", int64_t{64}}})},
      {"wavelet", f32, {125, 3}, {}},
      {"wavelet", f32, {256, 1}, word("wavelet", "sym8", {{"wavelet_level", int64_t{3}}})},
      {"cmvn", f32, {49, 13}, {}},
      {"mfcc", f32, {4000, 1}, {}},
      {"mfe", f32, {4000, 1}, {{"fft_length", int64_t{512}}}},
      {"spectrogram", f32, {4000, 1}, {}},
      {"micro_speech", f32, {4000, 1}, {}},
      {"heart", f32, {1000, 1}, {}},
      {"image", DType::U8, {60, 80, 3}, {{"width", int64_t{32}}, {"height", int64_t{32}}}},
  };
  expect_errors_below(0.15, windows, "nano33ble");
}

/// Windows and parameters that nothing was fitted to.
TEST(BlockCosts, EstimatesHoldElsewhere) {
  const std::vector<Window> windows = {
      {"raw", f32, {40, 1}, {}},
      {"raw", f32, {300, 6}, {{"scale_axes", 0.01}}},
      {"normalise", f32, {119, 6}, {}},
      {"normalise", f32, {200, 2}, {{"group", int64_t{0}}, {"centre", false}}},
      {"normalise", f32, {60, 3}, {{"root", true}}},
      {"flatten", f32, {90, 1}, {}},
      {"flatten", f32, {320, 6}, {{"skewness", false}, {"kurtosis", false}}},
      {"series", f32, {150, 3}, {{"points", int64_t{5}}, {"ratios", false}}},
      {"series", f32, {450, 1}, {{"points", int64_t{12}}, {"baseline", int64_t{20}}}},
      {"series", f32, {60, 6}, {{"points", int64_t{10}}, {"differences", false}, {"span", false}}},
      {"filter", f32, {250, 1}, {{"low_cutoff", 1.0}, {"high_cutoff", 20.0}}},
      {"filter", f32, {60, 6}, {{"low_cutoff", 5.0}, {"order", int64_t{8}}}},
      {"decimate", f32, {200, 1}, {{"ratio", int64_t{3}}}},
      {"decimate", f32, {90, 6}, {{"ratio", int64_t{8}}}},
      {"spectral", f32, {500, 1}, {{"fft_length", int64_t{128}}}},
      {"spectral", f32, {90, 6}, {{"fft_length", int64_t{32}}, {"do_fft_overlap", false}}},
      {"spectral", f32, {200, 2}, {{"spectrum_shape", false}, {"do_log", false}, {"fft_length", int64_t{32}}}},
      {"spectral", f32, {300, 3}, {{"extra_low_freq", true}}},
      {"spectral", f32, {400, 2}, {{"input_decimation_ratio", int64_t{10}}, {"fft_length", int64_t{8}}}},
      {"spectral", f32, {120, 3}, word("filter_type", "high", {{"filter_order", int64_t{2}}, {"filter_cutoff", 9.0}})},
      {"wavelet", f32, {600, 1}, word("wavelet", "haar", {{"wavelet_level", int64_t{4}}})},
      {"wavelet", f32, {150, 6}, word("wavelet", "rbio6.8", {{"wavelet_level", int64_t{2}}})},
      {"wavelet", f32, {300, 3}, word("filter_type", "low", {{"filter_order", int64_t{4}}, {"filter_cutoff", 9.0}})},
      {"cmvn", f32, {99, 10}, {{"win_size", int64_t{31}}}},
      {"cmvn", f32, {25, 40}, {}},
      {"mfcc", f32, {2000, 1}, {{"num_cepstral", int64_t{9}}, {"num_filters", int64_t{24}}, {"win_size", int64_t{0}}}},
      {"mfcc", f32, {3000, 1}, {{"fft_length", int64_t{1024}}, {"frame_length", 0.064}, {"frame_stride", 0.03}}},
      {"mfcc", f32, {2400, 1}, {{"rate", 8000.0}, {"num_filters", int64_t{30}}, {"win_size", int64_t{11}}}},
      {"mfe", f32, {2000, 1}, {{"num_filters", int64_t{32}}, {"low_frequency", 300.0}}},
      {"mfe", f32, {2000, 1}, {{"rate", 4000.0}, {"fft_length", int64_t{128}}, {"num_filters", int64_t{8}}, {"levels", int64_t{0}}}},
      {"spectrogram", f32, {2000, 1}, {{"fft_length", int64_t{64}}, {"frame_length", 0.004}, {"frame_stride", 0.004}}},
      {"spectrogram", f32, {3000, 1}, {{"rate", 4000.0}, {"fft_length", int64_t{1024}}, {"frame_length", 0.2}, {"frame_stride", 0.1}}},
      {"micro_speech", f32, {2000, 1}, {{"frame_stride", 0.01}}},
      {"micro_speech", f32, {2000, 1}, {{"rate", int64_t{8000}}, {"channels", int64_t{20}}, {"high_frequency", 3800.0}}},
      {"heart", f32, {250, 1}, {{"rate", 25.0}}},
      {"heart", f32, {1500, 1}, word("source", "ecg", {{"rate", 250.0}})},
      {"image", DType::U8, {30, 40, 1}, {{"width", int64_t{28}}, {"height", int64_t{28}}}},
      {"image", DType::U8, {64, 64, 3}, word("channels", "grey", {{"width", int64_t{24}}, {"height", int64_t{24}}})},
      {"image", f32, {32, 48, 3}, word("resize", "fit-long", {{"width", int64_t{40}}, {"height", int64_t{40}}})},
  };
  expect_errors_below(0.15, windows, "nano33ble");
}

/// Windows that the constants for soft floats were not chosen by.
TEST(BlockCosts, EstimatesHoldWithoutAFloatingPointUnit) {
  const std::vector<Window> windows = {
      {"raw", f32, {70, 3}, {{"scale_axes", 3.0}}},
      {"normalise", f32, {50, 3}, {}},
      {"normalise", f32, {40, 2}, {{"group", int64_t{0}}, {"centre", false}}},
      {"normalise", f32, {30, 6}, {{"root", true}}},
      {"flatten", f32, {50, 2}, {}},
      {"series", f32, {100, 2}, {{"points", int64_t{6}}}},
      {"filter", f32, {75, 2}, {{"high_cutoff", 12.0}}},
      {"decimate", f32, {120, 1}, {{"ratio", int64_t{6}}}},
      {"spectral", f32, {100, 2}, {}},
      {"wavelet", f32, {140, 1}, word("wavelet", "db6", {{"wavelet_level", int64_t{2}}})},
      {"cmvn", f32, {20, 8}, {{"win_size", int64_t{15}}}},
      {"mfcc", f32, {800, 1}, {{"num_filters", int64_t{26}}, {"win_size", int64_t{0}}}},
      {"mfe", f32, {700, 1}, {{"num_filters", int64_t{24}}}},
      {"spectrogram", f32, {700, 1}, {{"fft_length", int64_t{256}}}},
      {"micro_speech", f32, {800, 1}, {}},
      {"heart", f32, {200, 1}, {{"rate", 50.0}}},
      {"image", DType::U8, {20, 24, 3}, {{"width", int64_t{12}}, {"height", int64_t{12}}}},
  };
  expect_errors_below(0.25, windows, "pico");
}

TEST(BlockCosts, TheTransformTakesNoMoreInstructionsThanTheBestKnown) {
  const Graph graph = side_by_side(
      {{"spectrogram", DType::F32, {512, 1}, {{"frame_length", 0.032}, {"frame_stride", 0.032}, {"fft_length", int64_t{512}}}}});
  RunResult result;
  try {
    result = counted(graph, board_named("nano33ble"));
  } catch (const Error& error) {
    if (error.blame != Blame::Environment) throw;
    THIMBLE_SKIP_FOR_WANT_OF(error.what());
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

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "base/files.h"
#include "deploy/deploy.h"
#include "deploy/play.h"
#include "dsp/block.h"
#include "ir/interpreter.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"
#include "ops/quantize.h"
#include "ops/softmax.h"

namespace thimble {
namespace {

constexpr int64_t kWindow = 64, kAxes = 3, kStride = 24;
constexpr int kClasses = 3;

/// A block by itself: what it puts out are its features.
Graph features(std::string_view block, const AttrBag& attrs, int64_t window, int64_t axes) {
  Graph graph{.name = "Wand"};
  const Block& row = block_named(block);
  const ValueId x = graph.add_input("samples", {DType::F32, {window, axes}, {}});
  graph.outputs = {graph.add_node(row.op, std::string(block), {x}, row.op.attrs.with(attrs))};
  return graph;
}

/// The block, an int8 layer and a softmax, floats at both ends.
Graph impulse(std::string_view block, const AttrBag& attrs, int64_t window, int64_t axes) {
  Graph graph = features(block, attrs, window, axes);
  ValueId x = graph.outputs[0];
  const int64_t inputs = graph.type(x).elements();
  const Quant in = per_tensor(0.1f, 3), logits = per_tensor(0.2f, -4), out = per_tensor(1.0f / 256, -128);
  x = add_node(graph, "quantize", "quantize", {x}, QuantizeAttrs{}, {in});
  std::vector<int8_t> weights(static_cast<size_t>(kClasses * inputs));
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<int8_t>(static_cast<int>(i * i) * 37 % 255 - 127);
  const ValueId w = graph.add_constant<int8_t>("w", {kClasses, inputs}, weights, per_tensor(0.01f, 0));
  const ValueId b = graph.add_constant<int32_t>("b", {kClasses}, std::vector<int32_t>{100, -200, 300});
  x = add_node(graph, "fully_connected", "fc", {x, w, b}, FullyConnectedAttrs{}, {logits});
  x = add_node(graph, "softmax", "softmax", {x}, {}, {out});
  graph.outputs = {add_node(graph, "dequantize", "scores", {x})};
  return graph;
}

Stream stream(int64_t stride, int64_t axes) {
  Stream about{.rate = 100, .stride = stride, .channels = {}, .classes = {"up", "down \"x\"", "rest"}, .smoothing = {3, 2, 0.4}};
  for (int64_t i = 0; i < axes; ++i) about.channels.push_back({fmt::format("acc{}", i), "m/s2"});
  return about;
}

/// Features are no classes.
Stream plain(int64_t stride, int64_t axes) {
  Stream about = stream(stride, axes);
  about.classes.clear();
  return about;
}

/// A few tones that come and go.
std::vector<float> recording(int64_t samples, int64_t axes, int seed) {
  std::vector<float> values;
  for (int64_t t = 0; t < samples; ++t)
    for (int64_t a = 0; a < axes; ++a)
      values.push_back(static_cast<float>((1 + 4 * std::sin(0.01 * static_cast<double>(t + seed))) *
                                              std::sin(0.3 * static_cast<double>(t * (a + 1 + seed))) +
                                          9.8 * static_cast<double>(a == 2)));
  return values;
}

std::vector<float> scores(const Graph& graph, std::span<const float> window) {
  const auto bytes = std::as_bytes(window);
  const Buffer out = Interpreter(graph).run(std::vector<Buffer>{{bytes.begin(), bytes.end()}})[0];
  std::vector<float> values(out.size() / sizeof(float));
  std::memcpy(values.data(), out.data(), out.size());
  return values;
}

/// What plain code makes of the last three scores: two of them name it with 0.4 or more.
int32_t answer(const std::vector<std::vector<float>>& all) {
  std::vector<int> votes(kClasses);
  for (size_t i = all.size() - std::min<size_t>(3, all.size()); i < all.size(); ++i) {
    const auto best = std::max_element(all[i].begin(), all[i].end());
    if (*best >= 0.4f) ++votes[static_cast<size_t>(best - all[i].begin())];
  }
  for (int c = 0; c < kClasses; ++c)
    if (votes[static_cast<size_t>(c)] >= 2) return c;
  return -1;
}

Firmware build(const Graph& graph, const Stream& about, const char* board, const fs::path& dir, bool play) {
  Progress progress;
  return build_firmware(compile(graph, board_named(board), {.golden = false, .stream = about}), board_named(board), dir, {.play = play},
                        progress);
}

/// What the graph sees from sample `from` on; it may see more than it looks at.
std::vector<float> window_at(const Graph& graph, const std::vector<float>& samples, int64_t from) {
  std::vector<float> window(samples.begin() + static_cast<std::ptrdiff_t>(from), samples.end());
  window.resize(static_cast<size_t>(graph.type(graph.inputs[0]).elements()));
  return window;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

/// `window`: the samples that a result depends on.
void expect_pushes_are_windows(const Graph& graph, const Stream& about, int64_t window, int64_t stride, const char* board) {
  const auto axes = static_cast<int64_t>(about.channels.size());
  const std::vector<std::vector<float>> recordings = {recording(window + 7 * stride + 5, axes, 1), recording(window - 1, axes, 2),
                                                      recording(window, axes, 3)};
  const TempDir dir;
  Progress progress;
  const auto played = play_firmware(build(graph, about, board, dir.path(), true), recordings, progress);
  ASSERT_EQ(played.size(), 3u);
  EXPECT_EQ(played[0].size(), 8u);
  EXPECT_EQ(played[1].size(), 0u);
  EXPECT_EQ(played[2].size(), 1u);
  for (size_t r = 0; r < played.size(); ++r) {
    std::vector<std::vector<float>> all;
    for (const PlayedResult& result : played[r]) {
      const int64_t last = window - 1 + static_cast<int64_t>(all.size()) * stride;
      EXPECT_EQ(result.sample, last);
      all.push_back(scores(graph, window_at(graph, recordings[r], (last + 1 - window) * axes)));
      EXPECT_TRUE(same_bits(result.scores, all.back())) << board << ", recording " << r << ", sample " << last;
      if (about.classes.empty()) continue;
      EXPECT_EQ(result.answer, answer(all)) << board << ", recording " << r << ", sample " << last;
    }
  }
}

class OnBoard : public ::testing::TestWithParam<const char*> {};

TEST_P(OnBoard, PushesAreWindows) {
  expect_pushes_are_windows(impulse("spectral", {}, kWindow, kAxes), stream(kStride, kAxes), kWindow, kStride, GetParam());
}

TEST_P(OnBoard, WindowsMayLieApart) { expect_pushes_are_windows(impulse("flatten", {}, 20, 2), stream(31, 2), 20, 31, GetParam()); }

/// 1,200 samples make 10 frames of 240, 100 apart.
const AttrBag kFrames = {{"rate", 4000.0}, {"frame_length", 0.06}, {"frame_stride", 0.025}, {"win_size", int64_t{5}}};

TEST_P(OnBoard, FramesAreWindows) {
  const Graph graph = features("mfcc", kFrames, 1200, 1);
  const Compiled model = compile(graph, board_named(GetParam()), {.golden = false, .stream = plain(300, 1)});
  ASSERT_TRUE(model.stream && model.stream->by_frames());
  EXPECT_EQ(model.stream->rows, 10);
  EXPECT_EQ(model.stream->rows_between, 3);
  EXPECT_LT(model.arena_bytes + model.state_bytes, 1200 * 4) << "the window is not kept";
  expect_pushes_are_windows(graph, plain(300, 1), 240 + 9 * 100, 300, GetParam());
}

TEST_P(OnBoard, RunsAreWindowsAndSizesAreExact) {
  const Graph graph = impulse("spectral", {}, kWindow, kAxes);
  const Board& board = board_named(GetParam());
  const Compiled model = compile(graph, board, {.golden = false, .stream = stream(kStride, kAxes)});
  const TempDir dir;
  Progress progress;
  const Firmware firmware = build_firmware(model, board, dir.path(), {}, progress);
  std::vector<std::vector<std::byte>> records;
  std::vector<std::vector<float>> windows;
  for (int i = 0; i < 3; ++i) {
    windows.push_back(recording(kWindow, kAxes, i));
    const auto bytes = std::as_bytes(std::span(windows.back()));
    records.emplace_back(bytes.begin(), bytes.end());
  }
  const RunResult result = run_firmware(firmware, records, /*count=*/true, progress);
  for (size_t i = 0; i < windows.size(); ++i) {
    const std::vector<float> want = scores(graph, windows[i]);
    EXPECT_EQ(std::memcmp(result.outputs[i].data(), want.data(), result.outputs[i].size()), 0) << GetParam() << ", window " << i;
  }
  EXPECT_EQ(firmware.sizes.state, model.state_bytes);
  if (board.emulator.empty()) return;  // the C library of this machine is none of ours
  EXPECT_GE(firmware.sizes.stack, result.stack_painted);
  ASSERT_EQ(result.layers.size(), model.layers.size());
  EXPECT_EQ(model.layers[0].op, "spectral");
  for (const LayerCost& layer : result.layers) EXPECT_GT(layer.instructions, 0u);
}

struct StreamCase {
  const char *name, *block;
  int64_t samples, axes, stride;
  AttrBag attrs;
  bool framed = true;
};
void PrintTo(const StreamCase& c, std::ostream* out) { *out << c.name; }

class EachBlock : public ::testing::TestWithParam<StreamCase> {};

/// One-shot and streaming: the C that is pushed sample by sample puts out the bits of the block's features of the whole window.
TEST_P(EachBlock, FeaturesAreThoseOfTheWindow) {
  const StreamCase& c = GetParam();
  const Graph graph = features(c.block, c.attrs, c.samples, c.axes);
  const Stream about = plain(c.stride, c.axes);
  const Compiled model = compile(graph, board_named("host"), {.golden = false, .stream = about});
  const CompiledStream& s = *model.stream;
  EXPECT_EQ(s.by_frames(), c.framed);
  expect_pushes_are_windows(graph, about, s.length + (s.rows - 1) * s.stride, s.stride * s.rows_between, "host");
}

const AttrBag kSlow = {{"rate", 2000.0}, {"fft_length", int64_t{64}}};
AttrBag with(AttrBag more) {
  more.insert(kSlow.begin(), kSlow.end());
  return more;
}
const StreamCase kCases[] = {
    {"mfe", "mfe", 400, 1, 60, with({{"num_filters", int64_t{12}}})},
    {"mfcc_as_it_is", "mfcc", 400, 1, 20, with({{"num_filters", int64_t{12}}, {"num_cepstral", int64_t{6}}, {"win_size", int64_t{0}}})},
    {"frames_with_gaps", "mfcc", 400, 1, 100, with({{"num_filters", int64_t{12}}, {"num_cepstral", int64_t{6}}, {"frame_stride", 0.025}})},
    {"spectrogram", "spectrogram", 400, 1, 40, kSlow},
    {"mfe_wrapped", "mfe", 400, 1, 50, with({{"num_filters", int64_t{12}}, {"wrap", true}}), false},
    {"spectral", "spectral", 125, 3, 17, {{"rate", 62.5}}, false},
};
INSTANTIATE_TEST_SUITE_P(All, EachBlock, ::testing::ValuesIn(kCases), [](const auto& c) { return std::string(c.param.name); });

INSTANTIATE_TEST_SUITE_P(Boards, OnBoard, ::testing::Values("host", "nano33ble", "pico", "esp32c3"),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace thimble

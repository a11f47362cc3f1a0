#include <fmt/format.h>

#include <algorithm>

#include "kernels/conv2d_dsp.h"
#include "kernels/weighted.h"
#include "kernels/window2d.h"
#include "ops/fully_connected.h"

namespace thimble {
namespace {

constexpr double kStepBytes = 56;  // of the engine

int64_t steps_of(int64_t features) { return (features + 3) / 4; }
int64_t rows_of(const Node& node, const Graph& graph) { return graph.type(node.in[0]).elements() / graph.type(node.in[1]).shape[1]; }

constexpr int64_t kMost = 32, kMostShort = 13, kMostShared = 8;  // steps of the engine; 13 are within 1 kB with the store

/// Steps of the engine that are worth their bytes; where flash counts, as many as hide most of a turn.
int64_t engine_steps(const Node& node, const Graph& graph, DspTiles tiles) {
  constexpr double kTurn = 12;
  const TensorType& w = graph.type(node.in[1]);
  const int64_t most = tiles == DspTiles::Own ? kMost : tiles == DspTiles::Short ? kMostShort : kMostShared;
  return worthwhile_unroll(static_cast<double>((w.shape[0] + 3) / 4), steps_of(w.shape[1]), kTurn, kStepBytes, 2, most);
}

/// The engine and what stores four outputs.
template <DspTiles tiles>
int64_t loop(const Node& node, const Graph& graph) {
  constexpr int64_t kStore = 256;
  return static_cast<int64_t>(kStepBytes) * engine_steps(node, graph, tiles) + kStore;
}

template <DspTiles tiles>
std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason = refuses_symmetric(node, graph)) return reason;
  if (tiles == DspTiles::Short && engine_steps(node, graph, DspTiles::Own) <= kMostShort) return "its loops are short anyway";
  if (auto reason = refuse_unless({{rows_of(node, graph) == 1, "there is more than one row"},
                                   {graph.type(node.in[1]).shape[0] >= 4, "there are fewer than four outputs"}}))
    return reason;
  return refuses_pairing(fully_connected_layer(node, graph), graph.type(node.in[1]).shape[0]);
}

int64_t scratch(const Node& node, const Graph& graph) { return 8 * steps_of(graph.type(node.in[1]).shape[1]); }

/// All of the input is widened into scratch first.
std::optional<int64_t> overlap(const Node& node, const Graph& graph) { return -graph.type(node.in[0]).bytes(); }

template <DspTiles tiles>
double cycles(const Node& node, const Graph& graph, const Board&) {
  const TensorType& w = graph.type(node.in[1]);
  const int64_t fours = (w.shape[0] + 3) / 4, steps = steps_of(w.shape[1]), most = engine_steps(node, graph, tiles);
  const auto turns = static_cast<double>((steps + most - 1) / most);
  return static_cast<double>(fours) * (static_cast<double>(steps) * 20 + 8 * turns + 42) + static_cast<double>(steps) * 9 + 60;
}

/// What requantises, where it is the same for all outputs.
bool alike(const Int8Scaling& scaling) {
  const auto words = static_cast<std::ptrdiff_t>(scaling.words());
  return std::equal(scaling.table.begin() + words, scaling.table.end(), scaling.table.begin());
}

std::vector<int32_t> make_stream(const Int8Layer& layer, const Int8Scaling& scaling, bool late) {
  std::vector<int32_t> stream;
  for (int64_t first = 0; first < layer.channels; first += 4) {
    const int64_t c = std::min(first, layer.channels - 4);
    const auto bias = [&](int64_t i) { return int64_t{layer.bias[static_cast<size_t>(c + i)]}; };
    for (int64_t i : {0, 2}) {
      stream.push_back(static_cast<int32_t>((late ? 0 : 256 * bias(i)) + bias(i + 1)));
      stream.push_back(static_cast<int32_t>(bias(i + 1)));
    }
    for (int64_t k = 0; k < layer.taps; k += 4)
      for (int64_t i : {0, 2})
        for (int64_t odd : {0, 1}) stream.push_back(paired_word(layer, c + i, c + i + 1, k + odd, k + odd + 2));
    if (late)
      for (int64_t i : {0, 2}) stream.push_back(static_cast<int32_t>(bias(i) * (int64_t{1} << scaling.up)));
    if (!alike(scaling))
      for (int64_t i = 0; i < 4; ++i) scaling.append(stream, c + i);
  }
  return stream;
}

template <DspTiles tiles>
KernelCall lower(const Node& node, const Graph& graph) {
  const Int8Layer layer = fully_connected_layer(node, graph);
  const Int8Scaling scaling = scaling_of(layer, 12, 7);  // one bit less costs little
  const auto sum = static_cast<int>(paired_sum_of(layer));
  const std::vector<int32_t> stream = make_stream(layer, scaling, sum > 0);
  const int64_t steps = steps_of(layer.taps), fours = (layer.channels + 3) / 4;
  const std::string name = fmt::format("thimble_fully_connected_fours_dsp_{}_{}_{}_{}_{}_{}_{}", sum, int{alike(scaling)}, scaling.up,
                                       c_word(scaling.shift), int{scaling.exact}, c_word(layer.range.min), c_word(layer.range.max));
  KernelCall call("thimble_fully_connected_s8_dsp");
  call.at_least("THIMBLE_FULLY_CONNECTED_STEPS_DSP", engine_steps(node, graph, tiles))
      .define("THIMBLE_FULLY_CONNECTED_ENGINE_DSP()")
      .define(fmt::format("THIMBLE_FULLY_CONNECTED_FOURS_DSP({}, {}, {}, {}, {}, {}, {}, {})", name, sum, int{alike(scaling)}, scaling.up,
                          scaling.shift, int{scaling.exact}, layer.range.min, layer.range.max))
      .input(0)
      .output(0)
      .constant("stream", stream);
  if (alike(scaling))
    call.constant("words", std::span<const int32_t>(scaling.table).first(static_cast<size_t>(scaling.words())));
  else
    call.name("NULL");
  return call.scratch()
      .name(name)
      .name("thimble_fully_connected_engine_dsp")
      .geometry("thimble_fully_connected_s8_dsp_shape", {{"units", c_literal(layer.channels)},
                                                         {"features", c_literal(layer.taps)},
                                                         {"four_words", c_literal(static_cast<int64_t>(stream.size()) / fours)},
                                                         {"skipped", fmt::format("THIMBLE_FULLY_CONNECTED_SKIPPED_DSP({})", steps)}});
}

template <DspTiles tiles>
constexpr Kernel row(std::string_view name) {
  return {.name = name,
          .source = "kernels/fully_connected_dsp.h",
          .op = "fully_connected",
          .needs = Isa::ArmDsp,
          .refuses = refuses<tiles>,
          .scratch = scratch,
          .cycles = cycles<tiles>,
          .lower = lower<tiles>,
          .overlap = overlap,
          .per_shape = tiles != DspTiles::Shared,
          .dual_issue = 0.73,
          .loop = loop<tiles>};
}

template <DspTiles tiles>
DspConvolution convolution_of(const Node& node, const Graph& graph) {
  return {.at = rows_as_pixels(node, graph),
          .layer = fully_connected_layer(node, graph),
          .in_zero = graph.type(node.in[0]).quant.zero[0],
          .tiles = tiles};
}

template <DspTiles tiles>
constexpr Kernel rows_row(std::string_view name) {
  return conv2d_dsp_row<tiles, refuses_symmetric, convolution_of<tiles>>(name, "fully_connected", 0.45);
}

}  // namespace

std::span<const Kernel> fully_connected_dsp_kernels() {
  static const Kernel kRows[] = {row<DspTiles::Own>("fully_connected_s8_dsp"),
                                 row<DspTiles::Short>("fully_connected_s8_short_dsp"),
                                 row<DspTiles::Shared>("fully_connected_s8_shared_dsp"),
                                 rows_row<DspTiles::Own>("fully_connected_s8_rows_dsp"),
                                 rows_row<DspTiles::Short>("fully_connected_s8_short_rows_dsp"),
                                 rows_row<DspTiles::Shared>("fully_connected_s8_shared_rows_dsp")};
  return kRows;
}

}  // namespace thimble

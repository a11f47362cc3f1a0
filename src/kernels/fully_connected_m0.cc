#include <fmt/format.h>

#include <algorithm>

#include "kernels/m0_packing.h"
#include "kernels/overlap.h"
#include "kernels/pair_packing.h"
#include "kernels/weighted.h"
#include "kernels/window2d.h"
#include "ops/fully_connected.h"

namespace thimble {
namespace {

constexpr int64_t kEight = 8;
constexpr int kRun = 16, kQuarterBytesPerTap = 7;  // as unrolled in runtime/kernels/fully_connected_m0.h

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason = refuses_symmetric(node, graph)) return reason;
  return refuses_m0(fully_connected_layer(node, graph));
}

std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return overlap_of_rows(graph.type(node.in[0]).elements() / w.shape[1], w.shape[1], w.shape[0], (w.shape[0] - 1) / kEight * kEight);
}

/// The eight channels from `first` on; those beyond the layer's have no weights.
Int8Layer eight_of(const Int8Layer& layer, int64_t first) {
  Int8Layer eight{.channels = kEight,
                  .taps = layer.taps,
                  .weights = std::vector<int8_t>(static_cast<size_t>(kEight * layer.taps)),
                  .bias = std::vector<int32_t>(kEight),
                  .multipliers = {},
                  .out_zero = {}};
  const int64_t count = std::min(kEight, layer.channels);
  std::copy_n(layer.weights.begin() + first * layer.taps, count * layer.taps, eight.weights.begin());
  std::copy_n(layer.bias.begin() + first, count, eight.bias.begin());
  return eight;
}

std::vector<int> blocks_of(const Int8Layer& eight) {
  std::vector<std::span<const int8_t>> channels;
  for (int64_t c = 0; c < kEight; ++c) channels.push_back(eight.weights_of(c));
  return pair_blocks(channels, static_cast<int>(eight.taps));
}

/// Whether all channels have one scale; those that are constant get a bias that makes them so.
bool share_scale(Int8Layer& layer) {
  const auto scaled = std::find_if(layer.multipliers.begin(), layer.multipliers.end(), [](const Multiplier& m) { return m.mantissa != 0; });
  if (scaled == layer.multipliers.end()) return false;
  const auto model = static_cast<size_t>(scaled - layer.multipliers.begin());
  const int64_t far = farthest_of(layer, static_cast<int64_t>(model));
  for (size_t c = 0; c < layer.multipliers.size(); ++c) {
    if (layer.multipliers[c] == layer.multipliers[model] && layer.out_zero[c] == layer.out_zero[model]) continue;
    if (layer.multipliers[c].mantissa != 0) return false;
    const int32_t wanted = output_of(layer, c, 0);
    int64_t low = -far - 1, high = far;  // the first sum that gives as much
    while (high - low > 1) {
      const int64_t middle = low + (high - low) / 2;
      (output_of(layer, model, middle) >= wanted ? high : low) = middle;
    }
    if (output_of(layer, model, high) != wanted) return false;
    layer.bias[c] = static_cast<int32_t>(high), layer.multipliers[c] = *scaled, layer.out_zero[c] = layer.out_zero[model];
  }
  return true;
}

/// A layer of one channel that can reach what any of these can.
Int8Layer one_for_all(const Int8Layer& layer) {
  int64_t far = 0;
  for (int64_t c = 0; c < layer.channels; ++c) far = std::max(far, farthest_of(layer, c));
  return {.channels = 1,
          .taps = 0,
          .weights = {},
          .bias = {static_cast<int32_t>(far)},
          .multipliers = {layer.multipliers[0]},
          .out_zero = {layer.out_zero[0]},
          .range = layer.range,
          .exact_ties = layer.exact_ties};
}

struct Scales {
  Int8Layer layer;
  bool same = false;
  NarrowScaling scaling;

  const NarrowWords& of(int64_t c) const { return scaling.channels[same ? 0 : static_cast<size_t>(c)]; }
};

Scales scales_of(const Node& node, const Graph& graph) {
  Scales scales{.layer = fully_connected_layer(node, graph), .scaling = {}};
  Int8Layer shared = scales.layer;
  if (share_scale(shared))
    if (const auto scaling = narrow_scaling_of(one_for_all(shared))) return {.layer = std::move(shared), .same = true, .scaling = *scaling};
  scales.scaling = *narrow_scaling_of(scales.layer);
  return scales;
}

struct Streams {
  std::vector<int32_t> weights;
  std::vector<uint8_t> blocks;
  std::vector<int32_t> words;
  int64_t last_weights = 0, last_blocks = 0, last_words = 0;
};

void append_blocks(Streams& streams, const std::vector<int>& lengths) {
  constexpr int kGoesOn = 128;
  for (int length : lengths)
    for (int done = 0; done < length; done += kRun) {
      const int run = std::min(kRun, length - done);
      streams.blocks.push_back(static_cast<uint8_t>((kRun - run) * kQuarterBytesPerTap + (done > 0 ? kGoesOn : 0)));
    }
}

/// Where the sums of channels a and c of a word start: of a + (c << 16), of c.
void append_starts(Streams& streams, const Int8Layer& eight, const std::vector<uint32_t>& low, size_t a, size_t blocks) {
  const size_t c = a + 2;
  const uint32_t start_a = static_cast<uint32_t>(eight.bias[a]) - low[a], start_c = static_cast<uint32_t>(eight.bias[c]) - low[c];
  streams.words.push_back(static_cast<int32_t>(start_a + (start_c << 16) - 0x8000u * static_cast<uint32_t>(blocks)));
  streams.words.push_back(static_cast<int32_t>(start_c));
}

void append_eight(Streams& streams, const Scales& scales, int64_t first) {
  const Int8Layer eight = eight_of(scales.layer, first);
  const std::vector<int> lengths = blocks_of(eight);
  streams.last_weights = static_cast<int64_t>(streams.weights.size());
  streams.last_blocks = static_cast<int64_t>(streams.blocks.size());
  streams.last_words = static_cast<int64_t>(streams.words.size());
  for (int64_t k = 0; k < eight.taps; ++k)
    for (int64_t four : {0, 4}) {
      uint32_t word = 0;
      for (int64_t i = 0; i < 4; ++i) word |= static_cast<uint32_t>(eight.weights_of(four + i)[static_cast<size_t>(k)] + 128) << (8 * i);
      streams.weights.push_back(static_cast<int32_t>(word));
    }
  append_blocks(streams, lengths);
  std::vector<uint32_t> low(kEight);
  for (int64_t i = 0; i < std::min(kEight, scales.layer.channels); ++i)
    low[static_cast<size_t>(i)] = static_cast<uint32_t>(scales.of(first + i).low);
  for (size_t a : {0, 1, 4, 5}) append_starts(streams, eight, low, a, lengths.size());
  for (int64_t i = 0; i < kEight && !scales.same; ++i)
    append_words(streams.words, scales.scaling, std::min(first + i, scales.layer.channels - 1));
}

double cycles(const Node& node, const Graph& graph, const Board& board) {
  constexpr double kTap = 16.5, kBlock = 105, kOutputs = 180, kRow = 60;
  const Int8Layer layer = fully_connected_layer(node, graph);
  double row = kRow;
  for (int64_t first = 0; first < layer.channels; first += kEight)
    row += kTap * static_cast<double>(layer.taps) + kOutputs +
           kBlock * static_cast<double>(blocks_of(eight_of(layer, std::max<int64_t>(0, std::min(first, layer.channels - kEight)))).size());
  return cycles_on_m0(row * static_cast<double>(graph.type(node.in[0]).elements() / layer.taps), board);
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Scales scales = scales_of(node, graph);
  const Int8Layer& layer = scales.layer;
  Streams streams;
  for (int64_t first = 0; first < layer.channels; first += kEight)
    append_eight(streams, scales, std::max<int64_t>(0, std::min(first, layer.channels - kEight)));
  streams.blocks.push_back(0);
  std::vector<int32_t> scale;
  if (scales.same) append_words(scale, scales.scaling, 0);
  const int pieces = scales.scaling.pieces, signs = scales.scaling.signs, same = scales.same;
  const std::string eights = fmt::format("thimble_fully_connected_m0_{}_{}_{}", pieces, signs, same);
  Fields fields;
  append(fields, {{"rows", graph.type(node.in[0]).elements() / layer.taps},
                  {"units", layer.channels},
                  {"features", layer.taps},
                  {"last_weights", streams.last_weights},
                  {"last_blocks", streams.last_blocks},
                  {"last_words", streams.last_words}});
  KernelCall call("thimble_fully_connected_s8_m0");
  call.define(fmt::format("THIMBLE_FULLY_CONNECTED_M0({}, {}, {}, {})", eights, pieces, signs, same))
      .input(0)
      .output(0)
      .constant("weights", streams.weights)
      .constant("blocks", streams.blocks)
      .constant("words", streams.words);
  if (scales.same)
    call.constant("scale", scale);
  else
    call.name("NULL");
  return call.name(eights).geometry("thimble_fully_connected_s8_m0_shape", std::move(fields));
}

}  // namespace

std::span<const Kernel> fully_connected_m0_kernels() {
  static const Kernel kRows[] = {{.name = "fully_connected_s8_m0",
                                  .source = "kernels/fully_connected_m0.h",
                                  .op = "fully_connected",
                                  .needs = Isa::Arm,
                                  .refuses = refuses,
                                  .cycles = cycles,
                                  .lower = lower,
                                  .overlap = overlap}};
  return kRows;
}

}  // namespace thimble

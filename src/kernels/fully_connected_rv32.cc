#include <fmt/format.h>

#include <algorithm>

#include "kernels/overlap.h"
#include "kernels/pair_packing.h"
#include "kernels/rv32_packing.h"
#include "kernels/weighted.h"
#include "kernels/window2d.h"
#include "ops/fully_connected.h"

namespace thimble {
namespace {

constexpr int64_t kTwelve = 12;
constexpr int kMostTaps = 124;  // of a block: its count is a byte

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason = refuses_symmetric(node, graph)) return reason;
  return refuses_scaling(fully_connected_layer(node, graph));
}

double cycles(const Node& node, const Graph& graph, const Board&) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]);
  const auto twelves = static_cast<double>((w.shape[0] + kTwelve - 1) / kTwelve), taps = static_cast<double>(w.shape[1]);
  return static_cast<double>(x.elements() / w.shape[1]) * (twelves * (taps * 36 + 230) + 30);
}

/// Twelve outputs are written when all inputs have been read.
std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  if (w.shape[0] > kTwelve) return std::nullopt;
  return overlap_of_rows(graph.type(node.in[0]).elements() / w.shape[1], w.shape[1], w.shape[0]);
}

/// The twelve channels of a group; those beyond the layer's have no weights.
Int8Layer twelve_of(const Int8Layer& layer, int64_t first) {
  Int8Layer twelve{.channels = kTwelve,
                   .taps = layer.taps,
                   .weights = std::vector<int8_t>(static_cast<size_t>(kTwelve * layer.taps)),
                   .bias = std::vector<int32_t>(kTwelve),
                   .multipliers = {},
                   .out_zero = {}};
  const int64_t count = std::min(kTwelve, layer.channels - first);
  std::copy_n(layer.weights.begin() + first * layer.taps, count * layer.taps, twelve.weights.begin());
  std::copy_n(layer.bias.begin() + first, count, twelve.bias.begin());
  return twelve;
}

/// Blocks of a multiple of four taps, or of fewer than four.
std::vector<int> counts_of(const Int8Layer& twelve) {
  std::vector<int> counts;
  for (int64_t k = 0; k < twelve.taps; k += counts.back()) {
    std::vector<std::span<const int8_t>> left;
    for (int64_t c = 0; c < kTwelve; ++c)
      left.push_back(
          twelve.weights_of(c).subspan(static_cast<size_t>(k), static_cast<size_t>(std::min<int64_t>(kMostTaps, twelve.taps - k))));
    const int most = pair_blocks(left, kMostTaps).front();
    counts.push_back(most < 4 ? most : most / 4 * 4);
  }
  return counts;
}

struct Streams {
  std::vector<int32_t> words;
  std::vector<uint8_t> counts;
};

/// Four weights of one tap, the first two of which are the low and the high part of a pair.
int32_t word_of(const Int8Layer& twelve, int64_t channel, int64_t tap) {
  const auto byte = [&](int64_t c) { return static_cast<uint32_t>(twelve.weights_of(channel + c)[static_cast<size_t>(tap)] + 128); };
  return static_cast<int32_t>(byte(0) | byte(2) << 8 | byte(1) << 16 | byte(3) << 24);
}

/// The scale that all outputs share, or nothing.
std::optional<ChannelWords> same_scale(const Int8Layer& layer, const Int8Scaling& scaling) {
  const ChannelWords first = channel_words(layer, scaling, 0);
  for (int64_t c = 1; c < layer.channels; ++c)
    if (channel_words(layer, scaling, c) != first) return std::nullopt;
  return first;
}

void append_twelve(Streams& streams, const Int8Layer& layer, const Int8Scaling& scaling, bool same, int64_t first) {
  const Int8Layer twelve = twelve_of(layer, first);
  const std::vector<int> counts = counts_of(twelve);
  for (size_t c = 0; c < kTwelve; c += 2) {
    const auto low = static_cast<uint32_t>(twelve.bias[c]), high = static_cast<uint32_t>(twelve.bias[c + 1]);
    streams.words.push_back(static_cast<int32_t>(low + (high << 16) - 0x8000u * static_cast<uint32_t>(counts.size())));
    streams.words.push_back(static_cast<int32_t>(high));
  }
  for (int64_t k = 0; k < layer.taps; ++k)
    for (int64_t c = 0; c < kTwelve; c += 4) streams.words.push_back(word_of(twelve, c, k));
  for (int count : counts) streams.counts.push_back(static_cast<uint8_t>(count));
  streams.counts.push_back(0);
  for (int64_t c = first; c < std::min(first + kTwelve, layer.channels) && !same; ++c) {
    const ChannelWords w = channel_words(layer, scaling, c);
    streams.words.insert(streams.words.end(), {w.mantissa, w.addend, w.shift});
    if (scaling.exact) streams.words.push_back(w.negative);
  }
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Int8Layer layer = fully_connected_layer(node, graph);
  const Int8Scaling scaling = scaling_of(layer, 31, 2);
  const auto same = same_scale(layer, scaling);
  const ChannelWords shared = same.value_or(ChannelWords{});
  Streams streams;
  for (int64_t first = 0; first < layer.channels; first += kTwelve) append_twelve(streams, layer, scaling, same.has_value(), first);
  const std::string twelves = fmt::format("thimble_fully_connected_rv32_{}_{}", int{same.has_value()}, int{scaling.exact});
  Fields fields;
  append(fields, {{"units", layer.channels},
                  {"features", layer.taps},
                  {"up", scaling.up},
                  {"low", layer.range.min},
                  {"high", layer.range.max},
                  {"m", shared.mantissa},
                  {"h", shared.addend},
                  {"shift", shared.shift},
                  {"negative", shared.negative},
                  {"rows", graph.type(node.in[0]).elements() / layer.taps}});
  return KernelCall("thimble_fully_connected_s8_rv32")
      .define(fmt::format("THIMBLE_FULLY_CONNECTED_RV32({}, {}, {})", twelves, int{same.has_value()}, int{scaling.exact}))
      .input(0)
      .output(0)
      .constant("words", streams.words)
      .constant("counts", streams.counts)
      .name(twelves)
      .geometry("thimble_fully_connected_s8_rv32_shape", std::move(fields));
}

}  // namespace

std::span<const Kernel> fully_connected_rv32_kernels() {
  static const Kernel kRows[] = {{.name = "fully_connected_s8_rv32",
                                  .source = "kernels/fully_connected_rv32.h",
                                  .op = "fully_connected",
                                  .needs = Isa::RiscV | Isa::Mul64,
                                  .refuses = refuses,
                                  .cycles = cycles,
                                  .lower = lower,
                                  .overlap = overlap}};
  return kRows;
}

}  // namespace thimble

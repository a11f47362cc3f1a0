#include <algorithm>

#include "kernels/lx106_packing.h"
#include "kernels/overlap.h"
#include "kernels/weighted.h"
#include "kernels/window2d.h"
#include "ops/fully_connected.h"

namespace thimble {
namespace {

constexpr int64_t kEight = 8;

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason = refuses_symmetric(node, graph)) return reason;
  return refuses_m0(fully_connected_layer(node, graph));
}

int64_t rows_of(const Node& node, const Graph& graph) { return graph.type(node.in[0]).elements() / graph.type(node.in[1]).shape[1]; }

double cycles(const Node& node, const Graph& graph, const Board&) {
  const TensorType& w = graph.type(node.in[1]);
  const auto eights = static_cast<double>((w.shape[0] + kEight - 1) / kEight), taps = static_cast<double>(w.shape[1]);
  return static_cast<double>(rows_of(node, graph)) * (eights * (taps * 32 + 90) + taps * 7 + 28 * static_cast<double>(w.shape[0]) + 60);
}

/// Eight outputs are written when all inputs have been read.
std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  if (w.shape[0] > kEight) return std::nullopt;
  return overlap_of_rows(rows_of(node, graph), w.shape[1], w.shape[0]);
}

/// Where the sums start, and the words of one channel or of each.
struct Scale {
  std::vector<int32_t> starts, words;
  int pieces = 2, signs = 0;
  int64_t step = 0;  ///< words from one channel's to the next
};
Scale scale_of(const Int8Layer& layer) {
  Scale scale;
  const auto shared = shared_scaling_of(layer);
  const NarrowScaling narrow = shared ? shared->narrow : *narrow_scaling_of(layer);
  for (size_t c = 0; c < narrow.channels.size(); ++c) append_words(scale.words, narrow, static_cast<int64_t>(c));
  if (shared) scale.starts = shared->starts;
  for (int64_t c = 0; c < layer.channels && !shared; ++c) scale.starts.push_back(start_of(layer, narrow, c));
  scale.pieces = narrow.pieces, scale.signs = narrow.signs, scale.step = shared ? 0 : words_per_channel(narrow);
  return scale;
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Int8Layer layer = fully_connected_layer(node, graph);
  const Scale scale = scale_of(layer);
  std::vector<int32_t> words;
  for (int64_t first = 0; first < layer.channels; first += kEight) {
    for (int64_t c = first; c < first + kEight; ++c) words.push_back(c < layer.channels ? scale.starts[static_cast<size_t>(c)] : 0);
    for (int64_t k = 0; k < layer.taps; ++k)
      for (int64_t c = first; c < first + kEight; c += 4)
        words.push_back(static_cast<int32_t>(weight_byte(layer, c, k) | weight_byte(layer, c + 1, k) << 8 |
                                             weight_byte(layer, c + 2, k) << 16 | weight_byte(layer, c + 3, k) << 24));
  }
  Fields fields;
  append(fields, {{"rows", rows_of(node, graph)},
                  {"units", layer.channels},
                  {"features", layer.taps},
                  {"pieces", scale.pieces},
                  {"signs", scale.signs},
                  {"step", scale.step}});
  return KernelCall("thimble_fully_connected_s8_lx106")
      .input(0)
      .output(0)
      .constant("words", words)
      .constant("scale", scale.words)
      .geometry("thimble_fully_connected_s8_lx106_shape", std::move(fields));
}

}  // namespace

std::span<const Kernel> fully_connected_lx106_kernels() {
  static const Kernel kRows[] = {{.name = "fully_connected_s8_lx106",
                                  .source = "kernels/fully_connected_lx106.h",
                                  .op = "fully_connected",
                                  .needs = Isa::Xtensa,
                                  .refuses = refuses,
                                  .cycles = cycles,
                                  .lower = lower,
                                  .overlap = overlap}};
  return kRows;
}

}  // namespace thimble

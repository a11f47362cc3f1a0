#include <fmt/format.h>

#include <algorithm>

#include "kernels/dsp_packing.h"
#include "kernels/packing.h"
#include "ops/conv2d.h"

namespace thimble {
namespace {

Window2d lay(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return lay_window(node.attrs.as<Conv2dAttrs>(), graph.type(node.in[0]), w.shape[1], w.shape[2]);
}

DspLayer layer_of(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]), &y = graph.type(node.out[0]);
  const auto weights = constant_values<int8_t>(graph, node.in[1]);
  return {.channels = w.shape[0],
          .taps = w.elements() / w.shape[0],
          .weights = {weights.begin(), weights.end()},
          .bias = bias_with_zero_point(graph, node, w.shape[0], x.quant.zero[0], 0),
          .multipliers = channel_multipliers(x, w, y, w.shape[0]),
          .out_zero = y.quant.zero[0],
          .range = quantized_range(node.attrs.as<Conv2dAttrs>().activation, y)};
}

/// How the pixels and taps are cut up.
struct Tiling {
  int64_t groups = 0;  ///< words of paired weights per channel pair: two taps each, a multiple of 2
  int64_t pixels = 0;  ///< of a tile
  int64_t unroll = 0;
};

/// Instructions of all tiles of one channel pair.
double pair_cost(int64_t count, const Tiling& t) {
  const int64_t tiles = (count + t.pixels - 1) / t.pixels;
  const auto per_word = static_cast<double>(2 + (t.pixels + 1) / 2 + 2 * t.pixels), px = static_cast<double>(t.pixels);
  const double loop = 3.0 * static_cast<double>(t.groups) / static_cast<double>(t.unroll);
  return static_cast<double>(tiles) * (static_cast<double>(t.groups) * per_word + loop + 2 * px * 5.5 + 2 * px + 14);
}

Tiling tiling_of(const Window2d& at, int64_t taps) {
  constexpr int64_t kMostUnroll = 16;
  Tiling best{.groups = (taps + 3) / 4 * 2};
  for (best.unroll = std::min(kMostUnroll, best.groups); best.groups % best.unroll != 0;) --best.unroll;
  const int64_t count = at.out_h * at.out_w;
  Tiling t = best;
  for (int64_t pixels = 1; pixels <= std::min<int64_t>(4, count); ++pixels) {
    t.pixels = pixels;
    if (best.pixels == 0 || pair_cost(count, t) < pair_cost(count, best)) best = t;
  }
  return best;
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason =
          refuse_unless({{dtype_is(graph, node, 0, DType::I8), "the input is not int8"},
                         {dtype_is(graph, node, 1, DType::I8) && is_constant(graph, node, 1), "the weights are not int8 constants"},
                         {bias_is_constant(graph, node), "the bias is not constant"}}))
    return reason;
  const Window2d at = lay(node, graph);
  const TensorType& w = graph.type(node.in[1]);
  if (auto reason = refuse_unless({{at.batches == 1, "there is more than one batch"},
                                   {w.shape[3] == at.in_c, "the convolution is grouped"},
                                   {at.dilation_h == 1 && at.dilation_w == 1, "the convolution is dilated"},
                                   {w.shape[0] >= 2, "there is only one output channel"},
                                   {w.shape[0] * 3 + 1 < 4096, "the output has too many channels for a store's offset"}}))
    return reason;
  return refuses_pairing(layer_of(node, graph));
}

int64_t scratch(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const TensorType& w = graph.type(node.in[1]);
  const Tiling t = tiling_of(at, w.elements() / w.shape[0]);
  const bool patch = at.in_c % 4 != 0;
  return 4 * t.pixels * t.groups + (patch ? 2 * t.groups : 0);
}

double cycles(const Node& node, const Graph& graph, const Board&) {
  const Window2d at = lay(node, graph);
  const TensorType& w = graph.type(node.in[1]);
  const int64_t taps = w.elements() / w.shape[0], count = at.out_h * at.out_w;
  const Tiling t = tiling_of(at, taps);
  const double widen = static_cast<double>(count * taps) * (at.in_c % 4 == 0 ? 1.2 : 3.0);
  return 1.3 * (static_cast<double>((w.shape[0] + 1) / 2) * pair_cost(count, t) + widen);
}

void append_pair(std::vector<int32_t>& stream, const DspLayer& layer, const Tiling& t, int64_t a, bool late) {
  const int32_t bias_a = layer.bias[static_cast<size_t>(a)], bias_b = layer.bias[static_cast<size_t>(a + 1)];
  stream.push_back((late ? 0 : 256 * bias_a) + bias_b);
  stream.push_back(bias_b);
  for (int64_t k = 0; k < 2 * t.groups; k += 4) {
    stream.push_back(paired_word(layer, a, a + 1, k, k + 2));
    stream.push_back(paired_word(layer, a, a + 1, k + 1, k + 3));
  }
  if (late) stream.push_back(2 * bias_a);
  append_requantization(stream, layer, a);
  append_requantization(stream, layer, a + 1);
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const DspLayer layer = layer_of(node, graph);
  const Tiling t = tiling_of(at, layer.taps);
  const bool late = needs_late_bias(layer), exact = needs_exact_ties(layer);
  std::vector<int32_t> stream;
  for (int64_t a = 0; a + 1 < layer.channels; a += 2) append_pair(stream, layer, t, a, late);
  const auto pair_words = static_cast<int64_t>(stream.size()) / (layer.channels / 2);
  if (layer.channels % 2) append_pair(stream, layer, t, layer.channels - 2, late);
  const std::string tile = fmt::format("thimble_conv2d_tile_dsp_{}_{}_{}_{}{}_{}_{}", t.groups, t.pixels, layer.channels, int{exact},
                                       int{late}, c_word(layer.range.min), c_word(layer.range.max));
  return KernelCall("thimble_conv2d_s8_dsp")
      .define(fmt::format("THIMBLE_CONV2D_TILE_DSP({}, {}, {}, {}, {}, {}, {}, {}, {})", tile, t.groups, t.unroll, t.pixels, layer.channels,
                          int{exact}, int{late}, layer.range.min, layer.range.max))
      .input(0)
      .output(0)
      .constant("stream", stream)
      .scratch()
      .name(tile)
      .geometry("thimble_conv2d_s8_dsp_shape", {{"in_h", c_literal(at.in_h)},
                                                {"in_w", c_literal(at.in_w)},
                                                {"in_c", c_literal(at.in_c)},
                                                {"out_h", c_literal(at.out_h)},
                                                {"out_w", c_literal(at.out_w)},
                                                {"out_c", c_literal(layer.channels)},
                                                {"kernel_h", c_literal(at.kernel_h)},
                                                {"kernel_w", c_literal(at.kernel_w)},
                                                {"stride_h", c_literal(at.stride_h)},
                                                {"stride_w", c_literal(at.stride_w)},
                                                {"pad_top", c_literal(at.pad_top)},
                                                {"pad_left", c_literal(at.pad_left)},
                                                {"in_zero", c_literal(int64_t{graph.type(node.in[0]).quant.zero[0]})},
                                                {"pixels", c_literal(t.pixels)},
                                                {"groups", c_literal(t.groups)},
                                                {"pair_words", c_literal(pair_words)}});
}

}  // namespace

std::span<const Kernel> conv2d_dsp_kernels() {
  static const Kernel kRows[] = {{.name = "conv2d_s8_dsp",
                                  .source = "kernels/conv2d_dsp.h",
                                  .op = "conv2d",
                                  .needs = Isa::ArmDsp,
                                  .refuses = refuses,
                                  .scratch = scratch,
                                  .cycles = cycles,
                                  .lower = lower}};
  return kRows;
}

}  // namespace thimble

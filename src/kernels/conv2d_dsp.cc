#include <fmt/format.h>

#include <algorithm>

#include "kernels/dsp_packing.h"
#include "kernels/overlap.h"
#include "kernels/packing.h"
#include "ops/conv2d.h"

namespace thimble {
namespace {

Window2d lay(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return lay_window(node.attrs.as<Conv2dAttrs>(), graph.type(node.in[0]), w.shape[1], w.shape[2]);
}

/// A convolution whose windows are single pixels side by side is one long row.
Window2d flattened(Window2d at) {
  if (at.kernel_h * at.kernel_w * at.stride_h * at.stride_w != 1 || at.pad_top + at.pad_left != 0) return at;
  at.in_w = at.out_w = at.out_h * at.out_w;
  at.in_h = at.out_h = 1;
  return at;
}

/// How the pixels and taps are cut up.
struct Tiling {
  int64_t row_words = 0, rest = 0;  ///< of a row of the window: whole words, and bytes left
  int64_t groups = 0;               ///< words of paired weights per channel pair: two taps each
  int64_t pixels = 0, tail = 0;     ///< of a tile; of the last one when it has code of its own
  int64_t unroll = 0, tail_unroll = 0;
};

/// Instructions of a tile for one channel pair.
double pair_cost(int64_t groups, int64_t unroll, int64_t pixels) {
  const auto per_word = static_cast<double>(2 + (pixels + 1) / 2 + 2 * pixels), px = static_cast<double>(pixels);
  const double loop = unroll == groups ? 0 : 4.0 * static_cast<double>(groups / unroll) + 2 * px;
  return static_cast<double>(groups) * per_word + loop + 8 * px + 8;
}

/// Instructions of all tiles of one channel pair.
double all_pairs_cost(int64_t count, const Tiling& t) {
  const int64_t whole = count - t.tail, tiles = (whole + t.pixels - 1) / t.pixels;
  return static_cast<double>(tiles) * pair_cost(t.groups, t.unroll, t.pixels) + (t.tail ? pair_cost(t.groups, t.tail_unroll, t.tail) : 0);
}

Tiling tiling_of(const Window2d& at) {
  constexpr int64_t kMostUnroll = 32, kTailUnroll = 8;
  const int64_t row = at.kernel_w * at.in_c, count = at.out_h * at.out_w;
  Tiling best{.row_words = row / 4, .rest = row % 4};
  best.groups = 2 * (at.kernel_h * best.row_words + (at.kernel_h * best.rest + 3) / 4);
  best.unroll = unroll_of(best.groups, kMostUnroll), best.tail_unroll = unroll_of(best.groups, kTailUnroll);
  Tiling t = best;
  for (t.pixels = 1; t.pixels <= std::min<int64_t>(4, count); ++t.pixels) {
    t.tail = t.pixels > 1 && count % t.pixels == 1 ? 1 : 0;
    if (best.pixels == 0 || all_pairs_cost(count, t) < all_pairs_cost(count, best)) best = t;
  }
  return best;
}

/// Where tap i of the stream stands in the window, or -1: see the head of runtime/kernels/conv2d_dsp.h.
std::vector<int64_t> tap_order(const Window2d& at, const Tiling& t) {
  std::vector<int64_t> order;
  const int64_t row = at.kernel_w * at.in_c;
  for (int64_t y = 0; y < at.kernel_h; ++y)
    for (int64_t k = 0; k < 4 * t.row_words; ++k) order.push_back(y * row + k);
  for (int64_t y = 0; y < at.kernel_h; ++y)
    for (int64_t k = 4 * t.row_words; k < row; ++k) order.push_back(y * row + k);
  order.resize(static_cast<size_t>(2 * t.groups), -1);
  return order;
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
  return refuses_pairing(conv2d_layer(node, graph));
}

int64_t scratch(const Node& node, const Graph& graph) {
  const Window2d at = flattened(lay(node, graph));
  const Tiling t = tiling_of(at);
  const int64_t rest = 4 * t.pixels * ((at.kernel_h * t.rest + 3) / 4), patch = at.kernel_w > 1 ? 4 * (t.row_words + 1) : 0;
  return 4 * t.pixels * t.groups + rest + patch;
}

/// A tile's windows are gathered before any of its outputs is stored.
std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const Window2d at = flattened(lay(node, graph));
  const Tiling t = tiling_of(at);
  return overlap_of_window(at, graph.type(node.in[1]).shape[0], 1, {.pixels = t.pixels, .tail = t.tail});
}

double cycles(const Node& node, const Graph& graph, const Board&) {
  const Window2d at = flattened(lay(node, graph));
  const TensorType& w = graph.type(node.in[1]);
  const int64_t taps = w.elements() / w.shape[0], count = at.out_h * at.out_w;
  const Tiling t = tiling_of(at);
  const double widen = static_cast<double>(count) * (static_cast<double>(taps) * 1.5 + 20 + 4.0 * static_cast<double>(at.kernel_h));
  return 1.3 * (static_cast<double>((w.shape[0] + 1) / 2) * all_pairs_cost(count, t) + widen);
}

std::vector<int32_t> make_stream(const Int8Layer& layer, const Int8Scaling& scaling, std::span<const int64_t> order, bool late) {
  std::vector<int32_t> stream;
  for (int64_t first = 0; first < layer.channels; first += 2) {
    const int64_t a = std::min(first, layer.channels - 2), b = a + 1;
    const int64_t bias_a = layer.bias[static_cast<size_t>(a)];
    const int32_t bias_b = layer.bias[static_cast<size_t>(b)];
    stream.push_back(static_cast<int32_t>((late ? 0 : 256 * bias_a) + bias_b));
    stream.push_back(bias_b);
    for (size_t k = 0; k < order.size(); k += 4) {
      stream.push_back(paired_word(layer, a, b, order[k], order[k + 2]));
      stream.push_back(paired_word(layer, a, b, order[k + 1], order[k + 3]));
    }
    if (late) stream.push_back(static_cast<int32_t>(bias_a * (int64_t{1} << scaling.up)));
    scaling.append(stream, a);
    scaling.append(stream, b);
  }
  return stream;
}

KernelCall lower(const Node& node, const Graph& graph) {
  constexpr int64_t kSmallUnroll = 4;
  constexpr int kSharedShift = 13;
  const Window2d at = flattened(lay(node, graph));
  const Int8Layer layer = conv2d_layer(node, graph);
  const Tiling t = tiling_of(at);
  const Int8Scaling scaling = scaling_of(layer, kSharedShift, 7);  // one bit less costs one instruction per two outputs
  const bool late = needs_late_bias(layer);
  const std::vector<int32_t> stream = make_stream(layer, scaling, tap_order(at, t), late);
  const auto pair_words = static_cast<int64_t>(stream.size()) / ((layer.channels + 1) / 2);
  KernelCall call("thimble_conv2d_s8_dsp");
  const auto define_tile = [&](int64_t pixels, int64_t unroll) {
    const std::string name =
        fmt::format("thimble_conv2d_tile_dsp_{}_{}_{}_{}_{}_{}_{}_{}_{}_{}", t.groups, unroll, pixels, layer.channels, int{late},
                    scaling.up, c_word(scaling.shift), int{scaling.exact}, c_word(layer.range.min), c_word(layer.range.max));
    call.define(fmt::format("THIMBLE_CONV2D_TILE_DSP({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})", name, t.groups, unroll,
                            unroll_of(t.groups, pixels == 1 ? 2 : kSmallUnroll), pixels, layer.channels, int{late}, scaling.up,
                            scaling.shift, int{scaling.exact}, layer.range.min, layer.range.max));
    return name;
  };
  const std::string tile = define_tile(t.pixels, t.unroll), tail = t.tail ? define_tile(t.tail, t.tail_unroll) : tile;
  return call.input(0)
      .output(0)
      .constant("stream", stream)
      .scratch()
      .name(tile)
      .name(tail)
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
                                                {"tail", c_literal(t.tail)},
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
                                  .lower = lower,
                                  .overlap = overlap,
                                  .per_shape = true}};
  return kRows;
}

}  // namespace thimble

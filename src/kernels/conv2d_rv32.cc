#include <fmt/format.h>

#include <algorithm>

#include "kernels/overlap.h"
#include "kernels/rv32_packing.h"
#include "kernels/window2d.h"
#include "ops/conv2d.h"

namespace thimble {
namespace {

constexpr int kMostTaps = 8;  // of a block: see thimble_conv2d_tile_rv32

Window2d lay(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return flattened(lay_window(node.attrs.as<Conv2dAttrs>(), graph.type(node.in[0]), w.shape[1], w.shape[2]));
}

int64_t taps_of(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return w.elements() / w.shape[0];
}

/// Instructions of one tile of `pairs` pairs of pixels and one pair of channels, with blocks of a usual length.
double tile_cost(int64_t taps, int64_t pairs) {
  const auto k = static_cast<double>(taps), p = static_cast<double>(pairs);
  return k * (5 * p + 2) + k / 4.5 * (6 * p + 6) + 38 * p + 40;
}

double all_tiles_cost(int64_t count, int64_t taps, int64_t pairs) {
  return static_cast<double>((count + 2 * pairs - 1) / (2 * pairs)) * tile_cost(taps, pairs);
}

int64_t pairs_of(const Window2d& at, int64_t taps) {
  const int64_t count = at.out_h * at.out_w;
  int64_t best = 3;
  for (int64_t pairs : {2, 1})
    if (all_tiles_cost(count, taps, pairs) < all_tiles_cost(count, taps, best)) best = pairs;
  return best;
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason =
          refuse_unless({{dtype_is(graph, node, 0, DType::I8), "the input is not int8"},
                         {!is_constant(graph, node, 0), "the input is a constant, which this kernel cannot read from flash"},
                         {dtype_is(graph, node, 1, DType::I8) && is_constant(graph, node, 1), "the weights are not int8 constants"},
                         {bias_is_constant(graph, node), "the bias is not constant"}}))
    return reason;
  const Window2d at = lay(node, graph);
  const TensorType& w = graph.type(node.in[1]);
  if (auto reason = refuse_unless({{at.batches == 1, "there is more than one batch"},
                                   {w.shape[3] == at.in_c, "the convolution is grouped"},
                                   {w.shape[0] >= 2, "there is only one output channel"}}))
    return reason;
  return refuses_scaling(conv2d_layer(node, graph));
}

/// Whether every row of every window is read where it lies.
bool never_patched(const Window2d& at) {
  const int64_t last_y = (at.out_h - 1) * at.stride_h - at.pad_top + (at.kernel_h - 1) * at.dilation_h;
  const int64_t last_x = (at.out_w - 1) * at.stride_w - at.pad_left + (at.kernel_w - 1) * at.dilation_w;
  return at.pad_top + at.pad_left == 0 && last_y < at.in_h && last_x < at.in_w && (at.kernel_w == 1 || at.dilation_w == 1);
}

int64_t scratch(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const int64_t taps = taps_of(node, graph);
  return 4 * pairs_of(at, taps) * taps + (never_patched(at) ? 0 : 2 * at.kernel_w * at.in_c);
}

double cycles(const Node& node, const Graph& graph, const Board&) {
  const Window2d at = lay(node, graph);
  const int64_t taps = taps_of(node, graph), count = at.out_h * at.out_w, channels = graph.type(node.in[1]).shape[0];
  const double gather = static_cast<double>(count) * (3.0 * static_cast<double>(taps) + 12.0 * static_cast<double>(at.kernel_h) + 20);
  return 1.2 * (static_cast<double>((channels + 1) / 2) * all_tiles_cost(count, taps, pairs_of(at, taps)) + gather);
}

std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const int64_t pixels = 2 * pairs_of(at, taps_of(node, graph));
  return overlap_of_window(at, graph.type(node.in[1]).shape[0], 1, {.pixels = pixels, .tail = at.out_h * at.out_w % pixels, .early = 0});
}

/// What names the code of a block: its distance in the tile, in steps of 16 bytes.
uint8_t code_of(int64_t length, int64_t pairs) {
  int64_t at = 1;
  for (int64_t n = 1; n < length; ++n) at += (n * (14 * pairs + 8) + 16 * pairs + 18 + 15) / 16;
  return static_cast<uint8_t>(at);
}

struct Streams {
  std::vector<uint8_t> blocks;
  std::vector<int32_t> table;
  int64_t last_block = 0;
};

Streams make_streams(const Int8Layer& layer, const Int8Scaling& scaling, int64_t pairs) {
  Streams streams;
  for (int64_t first = 0; first < layer.channels; first += 2) {
    const int64_t a = std::min(first, layer.channels - 2), b = a + 1;
    streams.last_block = static_cast<int64_t>(streams.blocks.size());
    const std::vector<int> blocks = blocks_of(layer, a, 2, kMostTaps);
    size_t k = 0;
    for (int length : blocks) {
      streams.blocks.push_back(code_of(length, pairs));
      for (const size_t end = k + static_cast<size_t>(length); k < end; ++k)
        for (int64_t c : {a, b}) streams.blocks.push_back(static_cast<uint8_t>(layer.weights_of(c)[k]));
    }
    streams.blocks.push_back(0);
    for (int64_t c : {a, b}) {
      const auto bias = static_cast<uint32_t>(layer.bias[static_cast<size_t>(c)]);
      streams.table.push_back(static_cast<int32_t>(bias * 0x10001u - 0x8000u * static_cast<uint32_t>(blocks.size())));
      streams.table.push_back(static_cast<int32_t>(bias));
    }
    const ChannelWords wa = channel_words(layer, scaling, a), wb = channel_words(layer, scaling, b);
    streams.table.insert(streams.table.end(),
                         {wa.mantissa, wa.addend, wb.mantissa, wb.addend, wa.shift, wb.shift, wa.negative, wb.negative});
  }
  return streams;
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const Int8Layer layer = conv2d_layer(node, graph);
  const Int8Scaling scaling = scaling_of(layer, 31, 2);
  const int64_t pairs = pairs_of(at, layer.taps);
  const Streams streams = make_streams(layer, scaling, pairs);
  const std::string tile = fmt::format("thimble_conv2d_tile_rv32_{}", pairs);
  const std::string finish = fmt::format("thimble_conv2d_finish_rv32_{}_{}", pairs, int{scaling.exact});
  Fields fields;
  append(fields, {{"in_h", at.in_h}, {"in_w", at.in_w}, {"in_c", at.in_c}, {"out_h", at.out_h}, {"out_w", at.out_w}});
  append(fields, {{"out_c", layer.channels}});
  append_window(fields, at);
  append(fields, {{"in_zero", graph.type(node.in[0]).quant.zero[0]},
                  {"pixels", 2 * pairs},
                  {"up", scaling.up},
                  {"low", layer.range.min},
                  {"high", layer.range.max},
                  {"last_block", streams.last_block}});
  return KernelCall("thimble_conv2d_s8_rv32")
      .define(fmt::format("THIMBLE_CONV2D_TILE_RV32({}, {})", tile, pairs))
      .define(fmt::format("THIMBLE_CONV2D_FINISH_RV32({}, {}, {}, {})", finish, tile, pairs, int{scaling.exact}))
      .input(0)
      .output(0)
      .constant("blocks", streams.blocks)
      .constant("table", streams.table)
      .scratch()
      .name(tile)
      .name(finish)
      .geometry("thimble_conv2d_s8_rv32_shape", std::move(fields));
}

}  // namespace

std::span<const Kernel> conv2d_rv32_kernels() {
  static const Kernel kRows[] = {{.name = "conv2d_s8_rv32",
                                  .source = "kernels/conv2d_rv32.h",
                                  .op = "conv2d",
                                  .needs = Isa::RiscV | Isa::Mul64,
                                  .refuses = refuses,
                                  .scratch = scratch,
                                  .cycles = cycles,
                                  .lower = lower,
                                  .overlap = overlap}};
  return kRows;
}

}  // namespace thimble

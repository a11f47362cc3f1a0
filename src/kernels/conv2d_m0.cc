#include <fmt/format.h>

#include <algorithm>

#include "kernels/m0_packing.h"
#include "kernels/overlap.h"
#include "kernels/packing.h"
#include "kernels/pair_packing.h"
#include "kernels/window2d.h"
#include "ops/conv2d.h"

namespace thimble {
namespace {

constexpr int kPixels = 4, kInterleaved = 8;
constexpr int kLongestBlock = 17, kBytesPerTap = 12;  // as unrolled in runtime/kernels/conv2d_m0.h

Window2d lay(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return flattened(lay_window(node.attrs.as<Conv2dAttrs>(), graph.type(node.in[0]), w.shape[1], w.shape[2]));
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason =
          refuse_unless({{dtype_is(graph, node, 0, DType::I8), "the input is not int8"},
                         {dtype_is(graph, node, 1, DType::I8) && is_constant(graph, node, 1), "the weights are not int8 constants"},
                         {bias_is_constant(graph, node), "the bias is not constant"},
                         {!is_constant(graph, node, 0), "the input is a constant"}}))
    return reason;
  const Window2d at = lay(node, graph);
  if (auto reason = refuse_unless(
          {{at.batches == 1, "there is more than one batch"}, {graph.type(node.in[1]).shape[3] == at.in_c, "the convolution is grouped"}}))
    return reason;
  return refuses_m0(conv2d_layer(node, graph));
}

int64_t scratch(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const int64_t taps = at.kernel_h * at.kernel_w * at.in_c, pixels = at.out_h * at.out_w;
  const int64_t rows = pixel_by_pixel(at) && pixels >= kPixels ? 0 : kPixels * at.kernel_w * at.in_c;
  return 8 * taps + rows + (pixels < kPixels ? kPixels * graph.type(node.in[1]).shape[0] : 0);
}

std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  return overlap_of_window(at, graph.type(node.in[1]).shape[0], 1, {.pixels = kPixels});
}

double cycles(const Node& node, const Graph& graph, const Board& board) {
  constexpr double kTap = 9, kBlock = 16, kChannel = 110, kGatherTap = 19, kGatherRow = 150;
  const Window2d at = lay(node, graph);
  const Int8Layer layer = conv2d_layer(node, graph);
  double tile = static_cast<double>(layer.taps) * kGatherTap + static_cast<double>(at.kernel_h) * kGatherRow;
  for (int64_t c = 0; c < layer.channels; ++c)
    tile += kTap * static_cast<double>(layer.taps) + kChannel +
            kBlock * static_cast<double>(pair_blocks(layer.weights_of(c), kLongestBlock).size());
  return cycles_on_m0(tile * static_cast<double>((at.out_h * at.out_w + kPixels - 1) / kPixels), board);
}

/// Eight channels side by side; the last ones may be fewer, but stand as far apart.
std::vector<int8_t> interleaved(const Int8Layer& layer) {
  std::vector<int8_t> weights(static_cast<size_t>((layer.channels + kInterleaved - 1) / kInterleaved * kInterleaved * layer.taps));
  for (int64_t c = 0; c < layer.channels; ++c)
    for (int64_t k = 0; k < layer.taps; ++k)
      weights[static_cast<size_t>((c / kInterleaved * layer.taps + k) * kInterleaved + c % kInterleaved)] =
          layer.weights_of(c)[static_cast<size_t>(k)];
  return weights;
}

/// Where the unrolled taps are entered, a byte per block, channel by channel; and the channels' words.
struct Stream {
  std::vector<uint8_t> blocks;
  std::vector<int32_t> words;
};
Stream make_stream(const Int8Layer& layer, const NarrowScaling& scaling) {
  constexpr uint32_t kRounding = 0x8000;
  Stream stream;
  for (int64_t c = 0; c < layer.channels; ++c) {
    const std::vector<int> lengths = pair_blocks(layer.weights_of(c), kLongestBlock);
    for (int length : lengths) stream.blocks.push_back(static_cast<uint8_t>((kLongestBlock - length) * kBytesPerTap));
    const auto i = static_cast<size_t>(c);
    const uint32_t start = static_cast<uint32_t>(layer.bias[i]) - static_cast<uint32_t>(scaling.channels[i].low);
    const uint32_t total = start + (start << 16) - kRounding * static_cast<uint32_t>(lengths.size());
    stream.words.push_back(static_cast<int32_t>(c / kInterleaved * layer.taps * kInterleaved + c % kInterleaved));
    stream.words.push_back(static_cast<int32_t>(total));
    stream.words.push_back(static_cast<int32_t>(start));
    append_words(stream.words, scaling, c);
  }
  return stream;
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const Int8Layer layer = conv2d_layer(node, graph);
  const NarrowScaling scaling = *narrow_scaling_of(layer);
  const Stream stream = make_stream(layer, scaling);
  const std::string tile = fmt::format("thimble_conv2d_tile_m0_{}_{}", scaling.pieces, int{scaling.signs});
  Fields fields;
  append(fields, {{"in_h", at.in_h},
                  {"in_w", at.in_w},
                  {"in_c", at.in_c},
                  {"out_w", at.out_w},
                  {"out_c", layer.channels},
                  {"pixels", at.out_h * at.out_w}});
  append_window(fields, at);
  append(fields, {{"in_zero", graph.type(node.in[0]).quant.zero[0]}});
  return KernelCall("thimble_conv2d_s8_m0")
      .define(fmt::format("THIMBLE_CONV2D_TILE_M0({}, {}, {})", tile, scaling.pieces, int{scaling.signs}))
      .input(0)
      .output(0)
      .constant("words", stream.words)
      .constant("blocks", stream.blocks)
      .constant("weights", interleaved(layer))
      .scratch()
      .name(tile)
      .geometry("thimble_conv2d_s8_m0_shape", std::move(fields));
}

}  // namespace

std::span<const Kernel> conv2d_m0_kernels() {
  static const Kernel kRows[] = {{.name = "conv2d_s8_m0",
                                  .source = "kernels/conv2d_m0.h",
                                  .op = "conv2d",
                                  .needs = Isa::Arm,
                                  .refuses = refuses,
                                  .scratch = scratch,
                                  .cycles = cycles,
                                  .lower = lower,
                                  .overlap = overlap}};
  return kRows;
}

}  // namespace thimble

#include "kernels/lx106_packing.h"
#include "kernels/overlap.h"
#include "kernels/window2d.h"
#include "ops/conv2d.h"

namespace thimble {
namespace {

constexpr int64_t kPixels = 4;

Window2d lay(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return flattened(lay_window(node.attrs.as<Conv2dAttrs>(), graph.type(node.in[0]), w.shape[1], w.shape[2]));
}

int64_t padded_taps(const Window2d& at) { return (at.kernel_h * at.kernel_w * at.in_c + 3) / 4 * 4; }

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason =
          refuse_unless({{dtype_is(graph, node, 0, DType::I8), "the input is not int8"},
                         {dtype_is(graph, node, 1, DType::I8) && is_constant(graph, node, 1), "the weights are not int8 constants"},
                         {bias_is_constant(graph, node), "the bias is not constant"},
                         {!is_constant(graph, node, 0), "the input is a constant, which this kernel cannot read from flash"}}))
    return reason;
  const Window2d at = lay(node, graph);
  if (auto reason = refuse_unless(
          {{at.batches == 1, "there is more than one batch"}, {graph.type(node.in[1]).shape[3] == at.in_c, "the convolution is grouped"}}))
    return reason;
  return refuses_m0(conv2d_layer(node, graph));
}

int64_t scratch(const Node& node, const Graph& graph) { return 12 * 4 + kPixels * padded_taps(lay(node, graph)); }

std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  return overlap_of_window(at, graph.type(node.in[1]).shape[0], 1, {.pixels = kPixels, .tail = at.out_h * at.out_w % kPixels});
}

double cycles(const Node& node, const Graph& graph, const Board&) {
  constexpr double kTap = 26.5, kPair = 260, kGatherTap = 26, kGatherRow = 120;
  const Window2d at = lay(node, graph);
  const auto taps = static_cast<double>(padded_taps(at)), pairs = static_cast<double>((graph.type(node.in[1]).shape[0] + 1) / 2);
  const double tile = pairs * (taps * kTap + kPair) + taps * kGatherTap + static_cast<double>(at.kernel_h) * kGatherRow;
  return tile * static_cast<double>((at.out_h * at.out_w + kPixels - 1) / kPixels);
}

std::vector<int32_t> make_words(const Int8Layer& layer, const NarrowScaling& scaling) {
  std::vector<int32_t> words;
  for (int64_t c = 0; c < layer.channels; c += 2) {
    words.push_back(start_of(layer, scaling, c));
    words.push_back(c + 1 < layer.channels ? start_of(layer, scaling, c + 1) : 0);
    for (int64_t k = 0; k < (layer.taps + 3) / 4 * 4; k += 2)
      words.push_back(static_cast<int32_t>(weight_byte(layer, c, k) | weight_byte(layer, c + 1, k) << 8 |
                                           weight_byte(layer, c, k + 1) << 16 | weight_byte(layer, c + 1, k + 1) << 24));
    for (int64_t i = c; i < std::min(c + 2, layer.channels); ++i) append_words(words, scaling, i);
  }
  return words;
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const Int8Layer layer = conv2d_layer(node, graph);
  const NarrowScaling scaling = *narrow_scaling_of(layer);
  Fields fields;
  append(fields, {{"in_h", at.in_h},
                  {"in_w", at.in_w},
                  {"in_c", at.in_c},
                  {"out_w", at.out_w},
                  {"out_c", layer.channels},
                  {"pixels", at.out_h * at.out_w}});
  append_window(fields, at);
  append(fields, {{"in_zero", graph.type(node.in[0]).quant.zero[0] + 128},
                  {"pieces", scaling.pieces},
                  {"signs", scaling.signs},
                  {"words", words_per_channel(scaling)}});
  return KernelCall("thimble_conv2d_s8_lx106")
      .input(0)
      .output(0)
      .constant("words", make_words(layer, scaling))
      .scratch()
      .geometry("thimble_conv2d_s8_lx106_shape", std::move(fields));
}

}  // namespace

std::span<const Kernel> conv2d_lx106_kernels() {
  static const Kernel kRows[] = {{.name = "conv2d_s8_lx106",
                                  .source = "kernels/conv2d_lx106.h",
                                  .op = "conv2d",
                                  .needs = Isa::Xtensa,
                                  .refuses = refuses,
                                  .scratch = scratch,
                                  .cycles = cycles,
                                  .lower = lower,
                                  .overlap = overlap}};
  return kRows;
}

}  // namespace thimble

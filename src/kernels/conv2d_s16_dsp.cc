#include "kernels/conv2d_s16_dsp.h"

#include "kernels/fours_dsp.h"
#include "kernels/overlap.h"
#include "kernels/weighted.h"
#include "ops/conv2d.h"

namespace thimble {
namespace {

std::optional<std::string> refuses_operands(const Node& node, const Graph& graph) {
  if (auto reason = refuses_operands_s16_dsp(node, graph)) return reason;
  return refuse_unless({{graph.type(node.in[1]).shape[3] == graph.type(node.in[0]).shape[3], "the convolution is grouped"}});
}

WideConvolution convolution_of(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return {lay_window(node.attrs.as<Conv2dAttrs>(), graph.type(node.in[0]), w.shape[1], w.shape[2]), conv2d_int16_layer(node, graph)};
}

void append_channel(std::vector<int32_t>& stream, const Int16Layer& layer, int64_t channel, bool narrow) {
  const auto c = static_cast<size_t>(channel);
  stream.push_back(static_cast<int32_t>(layer.bias[c] & 0xffffffff));
  stream.push_back(static_cast<int32_t>(layer.bias[c] >> 32));
  const WideMultiplier& wide = layer.multipliers[c];
  const NarrowMultiplier multiplier = narrow ? narrow_multiplier(wide) : NarrowMultiplier{wide.mantissa, wide.shift};
  stream.push_back(multiplier.mantissa);
  stream.push_back(multiplier.shift);
}

std::vector<int32_t> make_stream(const WideConvolution& conv, bool narrow) {
  const Int16Layer& layer = conv.layer;
  std::vector<int32_t> stream;
  for (int64_t first = 0; first < layer.channels; first += 2) {
    const auto [a, b] = pair_from(first, layer.channels);
    for (int64_t k = 0; k < layer.taps; k += 4) {
      stream.push_back(spread_word(layer, a, k));
      stream.push_back(spread_word(layer, b, k));
    }
    append_channel(stream, layer, a, narrow);
    append_channel(stream, layer, b, narrow);
  }
  return stream;
}

}  // namespace

std::optional<std::string> refuses_operands_s16_dsp(const Node& node, const Graph& graph) {
  if (auto reason = refuses_int16(node, graph)) return reason;
  return refuses_asymmetric_weights(node, graph);
}

std::optional<std::string> refuses_described(const WideConvolution& conv) {
  return refuses_wide(flattened(conv.at), conv.layer.channels, conv.layer.taps);
}

int64_t scratch_described(const WideConvolution& conv) {
  const Window2d at = flattened(conv.at);
  return reads_directly(at) ? 0 : std::min<int64_t>(2, at.batches * at.out_h * at.out_w) * 8 * fours_of(at);
}

/// Two pixels are gathered before they are written; what is read directly is read for each pair of channels anew.
std::optional<int64_t> overlap_described(const WideConvolution& conv) {
  const Window2d at = flattened(conv.at);
  const int64_t pixel = 2 * conv.layer.channels;
  return overlap_of_window(at, pixel, 2, {.pixels = 2, .tail = 1, .early = reads_directly(at) ? 2 * pixel : 0});
}

double cost_described(const WideConvolution& conv, const Board&) {
  const Window2d& at = conv.at;
  const auto pixels = static_cast<double>(at.batches * at.out_h * at.out_w), taps = static_cast<double>(conv.layer.taps);
  const double pairs = static_cast<double>((conv.layer.channels + 1) / 2);
  const double tap = (sums_are_narrow(conv.layer) ? 1.3 : 1.9) * (pixels > 1 ? 2 : 3);
  return pixels * (pairs * (tap * taps + 40) + (reads_directly(at) ? 10 : 1.5 * taps + 60));
}

KernelCall lower_described(const WideConvolution& conv) {
  const Window2d at = flattened(conv.at);
  const bool narrow = sums_are_narrow(conv.layer);
  const std::string kind = narrow ? "narrow" : "wide";
  const int64_t count = at.out_h * at.out_w;
  KernelCall call("thimble_conv2d_s16_dsp");
  call.input(0).output(0).constant("stream", make_stream(conv, narrow));
  if (reads_directly(at))
    call.name("NULL");
  else
    call.scratch();
  call.name(count > 1 ? "thimble_conv2d_s16_two_" + kind + "_dsp" : "NULL");
  call.name(count % 2 ? "thimble_conv2d_s16_one_" + kind + "_dsp" : "NULL");
  Fields fields = fields_of_fours(at, conv.layer.channels);
  append(fields, {{"low", conv.layer.range.min}, {"high", conv.layer.range.max}});
  return call.geometry("thimble_conv2d_s16_dsp_shape", std::move(fields));
}

std::span<const Kernel> conv2d_s16_dsp_kernels() {
  static const Kernel kRows[] = {conv2d_s16_dsp_row<refuses_operands, convolution_of>("conv2d_s16_dsp", "conv2d")};
  return kRows;
}

}  // namespace thimble

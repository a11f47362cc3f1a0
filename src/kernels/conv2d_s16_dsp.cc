#include "kernels/conv2d_s16_dsp.h"

#include <algorithm>

#include "kernels/overlap.h"
#include "kernels/window2d.h"
#include "ops/conv2d.h"

namespace thimble {
namespace {

WideConvolution convolution_of(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return {lay_window(node.attrs.as<Conv2dAttrs>(), graph.type(node.in[0]), w.shape[1], w.shape[2]), conv2d_int16_layer(node, graph)};
}

int64_t fours_of(const Window2d& at) { return (at.kernel_h * at.kernel_w * at.in_c + 3) / 4; }
/// Pixels are read where they lie.
bool direct(const Window2d& at) { return pixel_by_pixel(at) && at.in_c % 4 == 0; }
int64_t pixels_of(const Window2d& at) { return at.batches * at.out_h * at.out_w; }

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason = refuses_conv2d_s16_dsp(node, graph)) return reason;
  const Window2d at = convolution_of(node, graph).at;
  return refuse_unless({{graph.type(node.in[1]).shape[3] == at.in_c, "the convolution is grouped"}});
}

int64_t scratch(const Node& node, const Graph& graph) { return scratch_conv2d_s16_dsp(convolution_of(node, graph).at); }
double cycles(const Node& node, const Graph& graph, const Board&) { return cost_conv2d_s16_dsp(convolution_of(node, graph)); }
std::optional<int64_t> overlap(const Node& node, const Graph& graph) { return overlap_conv2d_s16_dsp(convolution_of(node, graph)); }
KernelCall lower(const Node& node, const Graph& graph) { return lower_conv2d_s16_dsp(convolution_of(node, graph)); }

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
  for (int64_t pair = 0; pair < layer.channels; pair += 2) {
    const int64_t a = std::max<int64_t>(0, std::min(pair, layer.channels - 2)), b = std::min(a + 1, layer.channels - 1);
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

std::optional<std::string> refuses_conv2d_s16_dsp(const Node& node, const Graph& graph) {
  if (auto reason = refuses_int16(node, graph)) return reason;
  const TensorType& w = graph.type(node.in[1]);
  const auto& zeros = w.quant.zero;
  return refuse_unless({{std::all_of(zeros.begin(), zeros.end(), [](int32_t z) { return z == 0; }), "the weights' zero point is not 0"},
                        {w.elements() / w.shape[0] < 65536 && w.shape[0] < 65536, "the window or its channels take more than 16 bits"}});
}

int64_t scratch_conv2d_s16_dsp(const Window2d& at) { return direct(at) ? 0 : std::min<int64_t>(2, pixels_of(at)) * 8 * fours_of(at); }

/// Two pixels are gathered before they are written; what is read directly is read for each pair of channels anew.
std::optional<int64_t> overlap_conv2d_s16_dsp(const WideConvolution& conv) {
  const Window2d at = flattened(conv.at);
  const int64_t pixel = 2 * conv.layer.channels;
  return overlap_of_window(at, pixel, 2, {.pixels = 2, .tail = 1, .early = direct(at) ? 2 * pixel : 0});
}

double cost_conv2d_s16_dsp(const WideConvolution& conv) {
  const auto pixels = static_cast<double>(pixels_of(conv.at)), taps = static_cast<double>(conv.layer.taps);
  const double pairs = static_cast<double>((conv.layer.channels + 1) / 2);
  const double tap = (sums_are_narrow(conv.layer) ? 1.3 : 1.9) * (pixels > 1 ? 2 : 3);
  return pixels * (pairs * (tap * taps + 40) + (direct(conv.at) ? 10 : 1.5 * taps + 60));
}

KernelCall lower_conv2d_s16_dsp(const WideConvolution& conv) {
  const Window2d at = flattened(conv.at);
  const bool narrow = sums_are_narrow(conv.layer);
  const std::string kind = narrow ? "narrow" : "wide";
  const int64_t count = at.out_h * at.out_w;
  KernelCall call("thimble_conv2d_s16_dsp");
  call.input(0).output(0).constant("stream", make_stream(conv, narrow));
  if (direct(at))
    call.name("NULL");
  else
    call.scratch();
  call.name(count > 1 ? "thimble_conv2d_s16_two_" + kind + "_dsp" : "NULL");
  call.name(count % 2 ? "thimble_conv2d_s16_one_" + kind + "_dsp" : "NULL");
  Fields fields;
  append(fields, {{"in_h", at.in_h},
                  {"in_w", at.in_w},
                  {"out_h", at.out_h},
                  {"out_w", at.out_w},
                  {"batches", at.batches},
                  {"in_c", at.in_c},
                  {"out_c", conv.layer.channels}});
  append_window(fields, at);
  append(fields, {{"fours", fours_of(at)}, {"direct", direct(at)}, {"low", conv.layer.range.min}, {"high", conv.layer.range.max}});
  return call.geometry("thimble_conv2d_s16_dsp_shape", std::move(fields));
}

std::span<const Kernel> conv2d_s16_dsp_kernels() {
  static const Kernel kRows[] = {{.name = "conv2d_s16_dsp",
                                  .source = "kernels/conv2d_s16_dsp.h",
                                  .op = "conv2d",
                                  .needs = Isa::ArmDsp,
                                  .refuses = refuses,
                                  .scratch = scratch,
                                  .cycles = cycles,
                                  .lower = lower,
                                  .overlap = overlap,
                                  .align = 4}};
  return kRows;
}

}  // namespace thimble

#include <algorithm>

#include "kernels/int16_layer.h"
#include "kernels/overlap.h"
#include "kernels/window2d.h"
#include "ops/dwconv2d.h"

namespace thimble {
namespace {

Window2d lay(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return lay_window(node.attrs.as<Dwconv2dAttrs>(), graph.type(node.in[0]), w.shape[1], w.shape[2]);
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason = refuses_int16(node, graph)) return reason;
  const TensorType& w = graph.type(node.in[1]);
  const Window2d at = lay(node, graph);
  if (auto reason = refuses_wide(at, w.shape[3], at.kernel_h * at.kernel_w)) return reason;
  return refuse_unless({{w.shape[3] == at.in_c, "a channel has more than one filter"},
                        {at.in_c >= 4, "there are fewer than four channels"},
                        {sums_are_narrow(dwconv2d_int16_layer(node, graph)), "a sum could overflow 32 bits"}});
}

/// Four channels of a pixel are written after their own windows were read.
std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const int64_t channels = graph.type(node.out[0]).shape[3];
  return overlap_of_window(lay(node, graph), 2 * channels, 2, {.early = 2 * (channels - 1)});
}

double cycles(const Node& node, const Graph& graph, const Board&) {
  const Window2d at = lay(node, graph);
  const auto fours = static_cast<double>(at.batches * at.out_h * at.out_w * ((at.in_c + 3) / 4));
  return fours * (14.0 * static_cast<double>(at.kernel_h * at.kernel_w) + 8.0 * static_cast<double>(at.kernel_h) + 60);
}

std::vector<int32_t> make_stream(const Int16Layer& layer) {
  std::vector<int32_t> stream;
  for (int64_t first = 0; first < layer.channels; first += 4) {
    const int64_t c = std::min(first, layer.channels - 4);
    for (int64_t k = 0; k < layer.taps; ++k) {
      uint32_t word = 0;
      for (const int64_t at : {3, 1, 2, 0})
        word = word << 8 | static_cast<uint8_t>(layer.weights[static_cast<size_t>((c + at) * layer.taps + k)]);
      stream.push_back(static_cast<int32_t>(word));
    }
    for (int64_t i = c; i < c + 4; ++i) stream.push_back(static_cast<int32_t>(layer.bias[static_cast<size_t>(i)]));
    for (int64_t i = c; i < c + 4; ++i) stream.push_back(narrow_multiplier(layer.multipliers[static_cast<size_t>(i)]).mantissa);
    for (int64_t i = c; i < c + 4; ++i) stream.push_back(narrow_multiplier(layer.multipliers[static_cast<size_t>(i)]).shift);
  }
  return stream;
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const Int16Layer layer = dwconv2d_int16_layer(node, graph);
  Fields fields;
  append(fields,
         {{"in_h", at.in_h}, {"in_w", at.in_w}, {"out_h", at.out_h}, {"out_w", at.out_w}, {"batches", at.batches}, {"channels", at.in_c}});
  append_window(fields, at);
  append(fields, {{"low", layer.range.min}, {"high", layer.range.max}});
  return KernelCall("thimble_dwconv2d_s16_dsp")
      .input(0)
      .output(0)
      .constant("stream", make_stream(layer))
      .geometry("thimble_dwconv2d_s16_dsp_shape", std::move(fields));
}

}  // namespace

std::span<const Kernel> dwconv2d_s16_dsp_kernels() {
  static const Kernel kRows[] = {{.name = "dwconv2d_s16_dsp",
                                  .source = "kernels/dwconv2d_s16_dsp.h",
                                  .op = "dwconv2d",
                                  .needs = Isa::ArmDsp,
                                  .refuses = refuses,
                                  .cycles = cycles,
                                  .lower = lower,
                                  .overlap = overlap}};
  return kRows;
}

}  // namespace thimble

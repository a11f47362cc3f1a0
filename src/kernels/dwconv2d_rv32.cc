#include <fmt/format.h>

#include <algorithm>

#include "kernels/rv32_packing.h"
#include "kernels/window2d.h"
#include "ops/dwconv2d.h"

namespace thimble {
namespace {

constexpr int64_t kTaps = 3;

Window2d lay(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return lay_window(node.attrs.as<Dwconv2dAttrs>(), graph.type(node.in[0]), w.shape[1], w.shape[2]);
}

/// Which axis is fast, and the plane that follows.
struct Plane {
  bool rows_fast = false;
  int64_t in_fast = 0, in_slow = 0, fast = 0, slow = 0, pad_fast = 0, pad_slow = 0;
  int64_t pitch = 0, strip = 0;

  int64_t bytes(int64_t stride) const { return pitch * ((strip - 1) * stride + kTaps); }
};

Plane plane_of(const Window2d& at) {
  constexpr int64_t kPlaneBytes = 2600;  // what a strip may take; enough for whole maps of 48x48
  Plane p;
  p.rows_fast = at.out_h > at.out_w;
  p.in_fast = p.rows_fast ? at.in_h : at.in_w, p.in_slow = p.rows_fast ? at.in_w : at.in_h;
  p.fast = p.rows_fast ? at.out_h : at.out_w, p.slow = p.rows_fast ? at.out_w : at.out_h;
  p.pad_fast = p.rows_fast ? at.pad_top : at.pad_left, p.pad_slow = p.rows_fast ? at.pad_left : at.pad_top;
  p.pitch = std::max(at.stride_h * (p.fast - 1) + kTaps, p.in_fast + p.pad_fast);
  for (p.strip = p.slow; p.strip > 1 && p.bytes(at.stride_h) > kPlaneBytes;) --p.strip;
  const int64_t strips = (p.slow + p.strip - 1) / p.strip;
  p.strip = (p.slow + strips - 1) / strips;  // equal strips need the least
  return p;
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason =
          refuse_unless({{dtype_is(graph, node, 0, DType::I8), "the input is not int8"},
                         {!is_constant(graph, node, 0), "the input is a constant, which this kernel cannot read from flash"},
                         {dtype_is(graph, node, 1, DType::I8) && is_constant(graph, node, 1), "the weights are not int8 constants"},
                         {bias_is_constant(graph, node), "the bias is not constant"}}))
    return reason;
  const Window2d at = lay(node, graph);
  if (auto reason = refuse_unless({{at.batches == 1, "there is more than one batch"},
                                   {at.kernel_h == kTaps && at.kernel_w == kTaps, "the window is not 3x3"},
                                   {graph.type(node.in[1]).shape[3] == at.in_c, "a channel has more than one filter"},
                                   {at.stride_h == at.stride_w && at.stride_h <= 2, "the strides differ or exceed 2"},
                                   {at.dilation_h == 1 && at.dilation_w == 1, "the convolution is dilated"}}))
    return reason;
  return refuses_scaling(dwconv2d_layer(node, graph));
}

int64_t scratch(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  return plane_of(at).bytes(at.stride_h);
}

double cycles(const Node& node, const Graph& graph, const Board&) {
  const Window2d at = lay(node, graph);
  const Plane p = plane_of(at);
  const double per_line = static_cast<double>(p.fast) * (at.stride_h == 1 ? 38 : 44) + 60;
  return static_cast<double>(at.in_c) * (static_cast<double>(p.slow) * per_line + 4.0 * static_cast<double>(at.in_h * at.in_w) + 120);
}

std::vector<int32_t> make_table(const Int8Layer& layer, const Int8Scaling& scaling, const Plane& p) {
  std::vector<int32_t> table;
  for (int64_t c = 0; c < layer.channels; ++c) {
    const ChannelWords w = channel_words(layer, scaling, c);
    table.insert(table.end(), {layer.bias[static_cast<size_t>(c)] * (1 << scaling.up), w.mantissa, w.addend, w.shift, w.negative});
    uint32_t taps[kTaps * kTaps + 1] = {};
    for (int64_t s = 0; s < kTaps; ++s)
      for (int64_t f = 0; f < kTaps; ++f)
        taps[s * kTaps + f] = static_cast<uint32_t>(layer.weights_of(c)[static_cast<size_t>(p.rows_fast ? f * kTaps + s : s * kTaps + f)] *
                                                    (1 << scaling.up));
    for (size_t k = 0; k < std::size(taps); k += 2) table.push_back(static_cast<int32_t>((taps[k] & 0xffff) | taps[k + 1] << 16));
  }
  return table;
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const Int8Layer layer = dwconv2d_layer(node, graph);
  const Int8Scaling scaling = scaling_of(layer, 31, 2);
  const Plane p = plane_of(at);
  const int64_t in_row = at.in_w * at.in_c, out_row = at.out_w * at.in_c;
  const std::string channel = fmt::format("thimble_dwconv2d_3x3_rv32_{}_{}", at.stride_h, int{scaling.exact});
  Fields fields;
  append(fields, {{"in_fast", p.in_fast}, {"in_slow", p.in_slow}, {"out_fast", p.fast}, {"out_slow", p.slow}, {"channels", at.in_c}});
  append(fields, {{"in_fast_step", p.rows_fast ? in_row : at.in_c},
                  {"in_slow_step", p.rows_fast ? at.in_c : in_row},
                  {"out_fast_step", p.rows_fast ? out_row : at.in_c},
                  {"out_slow_step", p.rows_fast ? at.in_c : out_row},
                  {"stride", at.stride_h},
                  {"pad_fast", p.pad_fast},
                  {"pad_slow", p.pad_slow},
                  {"in_zero", graph.type(node.in[0]).quant.zero[0]},
                  {"pitch", p.pitch},
                  {"strip", p.strip},
                  {"low", layer.range.min},
                  {"high", layer.range.max}});
  return KernelCall("thimble_dwconv2d_s8_rv32")
      .define(fmt::format("THIMBLE_DWCONV2D_3X3_RV32({}, {}, {})", channel, at.stride_h, int{scaling.exact}))
      .input(0)
      .output(0)
      .constant("table", make_table(layer, scaling, p))
      .scratch()
      .name(channel)
      .geometry("thimble_dwconv2d_s8_rv32_shape", std::move(fields));
}

}  // namespace

std::span<const Kernel> dwconv2d_rv32_kernels() {
  static const Kernel kRows[] = {{.name = "dwconv2d_s8_rv32",
                                  .source = "kernels/dwconv2d_rv32.h",
                                  .op = "dwconv2d",
                                  .needs = Isa::RiscV | Isa::Mul64,
                                  .refuses = refuses,
                                  .scratch = scratch,
                                  .cycles = cycles,
                                  .lower = lower,
                                  .in_place = true}};
  return kRows;
}

}  // namespace thimble

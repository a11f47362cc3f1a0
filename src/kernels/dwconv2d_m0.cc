#include <fmt/format.h>

#include <algorithm>

#include "kernels/m0_packing.h"
#include "kernels/packing.h"
#include "kernels/window2d.h"
#include "ops/dwconv2d.h"

namespace thimble {
namespace {

constexpr int64_t kStep = 4;  // outputs at a time

Window2d lay(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return lay_window(node.attrs.as<Dwconv2dAttrs>(), graph.type(node.in[0]), w.shape[1], w.shape[2]);
}

/// One axis of the window.
struct Axis {
  int64_t in = 0, out = 0, taps = 0, stride = 0, dilation = 0, pad = 0;
  int64_t reach() const { return (taps - 1) * dilation; }
};

/// Which axis is fast, and the plane that follows.
struct Planes {
  bool rows_fast = false;
  Axis fast, slow;
  int64_t phase = 0, strip = 0;

  int64_t row_bytes() const { return 4 * fast.stride * phase; }
  int64_t rows() const { return (strip - 1) * slow.stride + slow.reach() + 1; }
};

int64_t steps(int64_t outputs) { return (outputs + kStep - 1) / kStep; }

Planes planes_of(const Window2d& at) {
  constexpr int64_t kPlaneBytes = 1100;  // what a strip may take; enough for whole maps of 12x12
  const Axis rows{at.in_h, at.out_h, at.kernel_h, at.stride_h, at.dilation_h, at.pad_top};
  const Axis columns{at.in_w, at.out_w, at.kernel_w, at.stride_w, at.dilation_w, at.pad_left};
  Planes p;
  p.rows_fast = steps(at.out_h) * at.out_w < steps(at.out_w) * at.out_h;
  p.fast = p.rows_fast ? rows : columns, p.slow = p.rows_fast ? columns : rows;
  p.phase = std::max(p.fast.out, kStep) + p.fast.reach() / p.fast.stride;
  for (p.strip = p.slow.out; p.strip > 1 && p.rows() * p.row_bytes() > kPlaneBytes;) --p.strip;
  const int64_t strips = (p.slow.out + p.strip - 1) / p.strip;
  p.strip = (p.slow.out + strips - 1) / strips;  // equal strips need the least
  return p;
}

/// Whether an output of the input's size may take its place: pixel for pixel, channel for channel. The row promises that it may.
bool keeps_places(const Window2d& at, int64_t channels) {
  return channels == at.in_c && at.in_h == at.out_h && at.in_w == at.out_w && at.stride_h * at.stride_w == 1;
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  constexpr int64_t kMostTaps = 81;  // they are unrolled
  if (auto reason =
          refuse_unless({{dtype_is(graph, node, 0, DType::I8), "the input is not int8"},
                         {dtype_is(graph, node, 1, DType::I8) && is_constant(graph, node, 1), "the weights are not int8 constants"},
                         {bias_is_constant(graph, node), "the bias is not constant"},
                         {!is_constant(graph, node, 0), "the input is a constant"}}))
    return reason;
  const Window2d at = lay(node, graph);
  if (auto reason = refuse_unless({{at.batches == 1, "there is more than one batch"},
                                   {at.kernel_h * at.kernel_w <= kMostTaps, "the window has more than 81 taps"}}))
    return reason;
  const bool equal_size = graph.type(node.in[0]).elements() == graph.type(node.out[0]).elements();
  if (equal_size && !keeps_places(at, graph.type(node.in[1]).shape[3]))
    return "the output is as large as the input, but laid out differently";
  return refuses_m0(dwconv2d_layer(node, graph));
}

int64_t scratch(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const Planes p = planes_of(at);
  return 8 * at.kernel_h * at.kernel_w + p.rows() * p.row_bytes() + (p.fast.out < kStep ? kStep : 0);
}

double cycles(const Node& node, const Graph& graph, const Board& board) {
  constexpr double kTap = 18, kOutputs = 110, kElement = 4.5, kRow = 60, kChannel = 300;
  const Window2d at = lay(node, graph);
  const Planes p = planes_of(at);
  const double tile = kTap * static_cast<double>(at.kernel_h * at.kernel_w) + kOutputs;
  const double per_channel = static_cast<double>(steps(p.fast.out) * p.slow.out) * tile +
                             static_cast<double>(at.in_h * at.in_w) * kElement + static_cast<double>(p.slow.in) * kRow + kChannel;
  return cycles_on_m0(static_cast<double>(graph.type(node.in[1]).shape[3]) * per_channel, board);
}

/// The layer's weights with the taps in the order of the loops: slow, fast.
std::vector<int8_t> ordered_weights(const Int8Layer& layer, const Planes& p) {
  std::vector<int8_t> weights;
  for (int64_t c = 0; c < layer.channels; ++c)
    for (int64_t slow = 0; slow < p.slow.taps; ++slow)
      for (int64_t fast = 0; fast < p.fast.taps; ++fast)
        weights.push_back(layer.weights_of(c)[static_cast<size_t>(p.rows_fast ? fast * p.slow.taps + slow : slow * p.fast.taps + fast)]);
  return weights;
}

std::vector<int32_t> make_words(const Int8Layer& layer, const NarrowScaling& scaling) {
  std::vector<int32_t> words;
  for (int64_t c = 0; c < layer.channels; ++c) {
    const auto i = static_cast<size_t>(c);
    words.push_back(static_cast<int32_t>(static_cast<uint32_t>(layer.bias[i]) - static_cast<uint32_t>(scaling.channels[i].low)));
    append_words(words, scaling, c);
  }
  return words;
}

Fields shape_fields(const Window2d& at, const Planes& p, int64_t channels) {
  const int64_t in_row = at.in_w * at.in_c, out_row = at.out_w * channels;
  Fields fields;
  append(fields, {{"in_fast", p.fast.in},
                  {"in_slow", p.slow.in},
                  {"out_fast", p.fast.out},
                  {"out_slow", p.slow.out},
                  {"channels", channels},
                  {"multiplier", channels / at.in_c},
                  {"in_fast_step", p.rows_fast ? in_row : at.in_c},
                  {"in_slow_step", p.rows_fast ? at.in_c : in_row},
                  {"out_fast_step", p.rows_fast ? out_row : channels},
                  {"out_slow_step", p.rows_fast ? channels : out_row},
                  {"taps_fast", p.fast.taps},
                  {"taps_slow", p.slow.taps},
                  {"stride_fast", p.fast.stride},
                  {"stride_slow", p.slow.stride},
                  {"dilation_fast", p.fast.dilation},
                  {"dilation_slow", p.slow.dilation},
                  {"pad_fast", p.fast.pad},
                  {"pad_slow", p.slow.pad}});
  return fields;
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const Int8Layer layer = dwconv2d_layer(node, graph);
  const Planes p = planes_of(at);
  const NarrowScaling scaling = *narrow_scaling_of(layer);
  const std::vector<int32_t> words = make_words(layer, scaling);
  const std::string rows = fmt::format("thimble_dwconv2d_rows_m0_{}_{}_{}", layer.taps, scaling.pieces, int{scaling.signs});
  Fields fields = shape_fields(at, p, layer.channels);
  append(fields, {{"in_zero", graph.type(node.in[0]).quant.zero[0]},
                  {"phase", p.phase},
                  {"strip", p.strip},
                  {"words", static_cast<int64_t>(words.size()) / layer.channels}});
  return KernelCall("thimble_dwconv2d_s8_m0")
      .define(fmt::format("THIMBLE_DWCONV2D_ROWS_M0({}, {}, {}, {})", rows, layer.taps, scaling.pieces, int{scaling.signs}))
      .input(0)
      .output(0)
      .constant("words", words)
      .constant("weights", ordered_weights(layer, p))
      .scratch()
      .name(rows)
      .geometry("thimble_dwconv2d_s8_m0_shape", std::move(fields));
}

}  // namespace

std::span<const Kernel> dwconv2d_m0_kernels() {
  static const Kernel kRows[] = {{.name = "dwconv2d_s8_m0",
                                  .source = "kernels/dwconv2d_m0.h",
                                  .op = "dwconv2d",
                                  .needs = Isa::Arm,
                                  .refuses = refuses,
                                  .scratch = scratch,
                                  .cycles = cycles,
                                  .lower = lower,
                                  .in_place = true}};
  return kRows;
}

}  // namespace thimble

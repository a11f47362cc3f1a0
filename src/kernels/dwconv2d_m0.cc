#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/m0_packing.h"
#include "kernels/overlap.h"
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

/// Which axis is fast, the plane that follows, and whether strips or channels are the outer loop.
struct Planes {
  bool rows_fast = false, by_strips = false;
  Axis fast, slow;
  int64_t phase = 0, strip = 0;

  int64_t row_bytes() const { return 4 * fast.stride * phase; }
  int64_t rows() const { return (strip - 1) * slow.stride + slow.reach() + 1; }
};

int64_t steps(int64_t outputs) { return (outputs + kStep - 1) / kStep; }

/// Whether the output takes the input's place: pixel for pixel, channel for channel.
bool keeps_places(const Window2d& at, int64_t channels) {
  return channels == at.in_c && at.in_h == at.out_h && at.in_w == at.out_w && at.stride_h * at.stride_w == 1;
}

/// Strips of rows let the output follow behind them, which is worth a few more outputs where rows are no multiple of four.
Planes planes_of(const Window2d& at, int64_t channels) {
  constexpr double kWorth = 1.35;
  constexpr int64_t kPlaneBytes = 1100, kStripBytes = 700;  // what a plane may take; whole maps of 12x12, and with strips of a large map
  const Axis rows{at.in_h, at.out_h, at.kernel_h, at.stride_h, at.dilation_h, at.pad_top};
  const Axis columns{at.in_w, at.out_w, at.kernel_w, at.stride_w, at.dilation_w, at.pad_left};
  Planes p;
  const auto by_rows = static_cast<double>(steps(at.out_h) * at.out_w), by_columns = static_cast<double>(steps(at.out_w) * at.out_h);
  const bool in_place = keeps_places(at, channels);
  p.rows_fast = by_rows * (in_place ? 1 : kWorth) < by_columns;
  p.by_strips = !in_place && !p.rows_fast;
  p.fast = p.rows_fast ? rows : columns, p.slow = p.rows_fast ? columns : rows;
  p.phase = std::max(p.fast.out, kStep) + p.fast.reach() / p.fast.stride;
  for (p.strip = p.slow.out; p.strip > 1 && p.rows() * p.row_bytes() > (p.by_strips ? kStripBytes : kPlaneBytes);) --p.strip;
  const int64_t strips = (p.slow.out + p.strip - 1) / p.strip;
  p.strip = (p.slow.out + strips - 1) / strips;  // equal strips need the least
  return p;
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
  return refuses_m0(dwconv2d_layer(node, graph));
}

Planes planes_of(const Node& node, const Graph& graph) { return planes_of(lay(node, graph), graph.type(node.in[1]).shape[3]); }

std::optional<std::string> refuses_in_place(const Node& node, const Graph& graph) {
  if (auto reason = refuses(node, graph)) return reason;
  return refuse_unless(
      {{keeps_places(lay(node, graph), graph.type(node.in[1]).shape[3]), "the output's pixels and channels are not those of the input"}});
}
std::optional<std::string> refuses_strips(const Node& node, const Graph& graph) {
  if (auto reason = refuses(node, graph)) return reason;
  return refuse_unless({{!keeps_places(lay(node, graph), graph.type(node.in[1]).shape[3]),
                         "the output can take the input's place, which dwconv2d_s8_m0 makes use of"}});
}

/// All channels of a strip are read while they are written.
std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const Planes p = planes_of(node, graph);
  if (!p.by_strips) return std::nullopt;
  const int64_t pixels = p.strip * at.out_w, channels = graph.type(node.in[1]).shape[3];
  return overlap_of_window(at, channels, 1, {.pixels = pixels, .tail = at.out_h * at.out_w % pixels, .early = pixels * channels});
}

int64_t scratch(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const Planes p = planes_of(node, graph);
  return 8 * at.kernel_h * at.kernel_w + p.rows() * p.row_bytes() + (p.fast.out < kStep ? kStep : 0);
}

double cycles(const Node& node, const Graph& graph, const Board& board) {
  constexpr double kTap = 18, kOutputs = 110, kElement = 4.5, kRow = 60, kChannel = 300;
  const Window2d at = lay(node, graph);
  const Planes p = planes_of(node, graph);
  const double tile = kTap * static_cast<double>(at.kernel_h * at.kernel_w) + kOutputs;
  const double strips = p.by_strips ? std::ceil(static_cast<double>(p.slow.out) / static_cast<double>(p.strip)) : 1;
  const double rows = p.by_strips ? strips * static_cast<double>(p.rows()) : static_cast<double>(p.slow.in);
  const double per_channel = static_cast<double>(steps(p.fast.out) * p.slow.out) * tile +
                             rows * (static_cast<double>(p.fast.in) * kElement + kRow) + strips * kChannel;
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
  const Planes p = planes_of(node, graph);
  const NarrowScaling scaling = *narrow_scaling_of(layer);
  const std::vector<int32_t> words = make_words(layer, scaling);
  const std::string rows = fmt::format("thimble_dwconv2d_rows_m0_{}_{}_{}", layer.taps, scaling.pieces, int{scaling.signs});
  Fields fields = shape_fields(at, p, layer.channels);
  append(fields, {{"in_zero", graph.type(node.in[0]).quant.zero[0]},
                  {"phase", p.phase},
                  {"strip", p.strip},
                  {"by_strips", p.by_strips},
                  {"words", static_cast<int64_t>(words.size()) / layer.channels},
                  {"begin_steps", p.fast.pad / p.fast.stride},
                  {"begin_rest", p.fast.pad % p.fast.stride},
                  {"end_steps", (p.fast.in + p.fast.pad) / p.fast.stride},
                  {"end_rest", (p.fast.in + p.fast.pad) % p.fast.stride}});
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

constexpr Kernel row(std::string_view name) {
  return {.name = name,
          .source = "kernels/dwconv2d_m0.h",
          .op = "dwconv2d",
          .needs = Isa::Arm,
          .scratch = scratch,
          .cycles = cycles,
          .lower = lower};
}

Kernel in_place_row() {
  Kernel kernel = row("dwconv2d_s8_m0");
  kernel.refuses = refuses_in_place, kernel.in_place = true;
  return kernel;
}

Kernel strips_row() {
  Kernel kernel = row("dwconv2d_strips_s8_m0");
  kernel.refuses = refuses_strips, kernel.overlap = overlap;
  return kernel;
}

}  // namespace

std::span<const Kernel> dwconv2d_m0_kernels() {
  static const Kernel kRows[] = {in_place_row(), strips_row()};
  return kRows;
}

}  // namespace thimble

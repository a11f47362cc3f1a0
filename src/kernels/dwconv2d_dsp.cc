#include <fmt/format.h>

#include <algorithm>

#include "kernels/dsp_packing.h"
#include "kernels/packing.h"
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
struct Planes {
  bool rows_fast = false;
  int64_t fast = 0, slow = 0;  ///< outputs
  int64_t in_fast = 0, in_slow = 0, pad_fast = 0, pad_slow = 0;
  int64_t pitch = 0, strip = 0;

  int64_t bytes(int64_t stride) const { return 4 * 2 * pitch * ((strip - 1) * stride + kTaps); }
};

/// Steps of four, a single leftover costing little more than a quarter.
double steps(int64_t outputs) { return static_cast<double>(outputs / 4) + (outputs % 4 == 0 ? 0 : outputs % 4 == 1 ? 0.4 : 0.9); }

/// What the planes of a strip may take: enough for whole maps of 12x12, or as little as can be.
constexpr int64_t kFast = 2600, kLean = 0;

Planes planes_of(const Window2d& at, int64_t most_bytes) {
  Planes p;
  const double by_rows = steps(at.out_h) * static_cast<double>(at.out_w), by_columns = steps(at.out_w) * static_cast<double>(at.out_h);
  p.rows_fast = by_rows * 1.02 < by_columns && 3 * at.out_w * at.in_c < 4096;
  p.fast = p.rows_fast ? at.out_h : at.out_w, p.slow = p.rows_fast ? at.out_w : at.out_h;
  p.in_fast = p.rows_fast ? at.in_h : at.in_w, p.in_slow = p.rows_fast ? at.in_w : at.in_h;
  p.pad_fast = p.rows_fast ? at.pad_top : at.pad_left, p.pad_slow = p.rows_fast ? at.pad_left : at.pad_top;
  p.pitch = (std::max(at.stride_h * (p.fast - 1) + kTaps + 3, p.in_fast + p.pad_fast + 1) + 1) / 2 * 2;
  for (p.strip = p.slow; p.strip > 1 && p.bytes(at.stride_h) > most_bytes;) --p.strip;
  const int64_t strips = (p.slow + p.strip - 1) / p.strip;
  p.strip = (p.slow + strips - 1) / strips;  // equal strips need the least
  return p;
}

template <int64_t kMost>
std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason =
          refuse_unless({{dtype_is(graph, node, 0, DType::I8), "the input is not int8"},
                         {dtype_is(graph, node, 1, DType::I8) && is_constant(graph, node, 1), "the weights are not int8 constants"},
                         {bias_is_constant(graph, node), "the bias is not constant"}}))
    return reason;
  const Window2d at = lay(node, graph);
  if (auto reason = refuse_unless({{at.batches == 1, "there is more than one batch"},
                                   {at.kernel_h == kTaps && at.kernel_w == kTaps, "the window is not 3x3"},
                                   {graph.type(node.in[1]).shape[3] == at.in_c, "a channel has more than one filter"},
                                   {at.in_c >= 4, "there are fewer than four channels"},
                                   {at.stride_h == at.stride_w && at.stride_h <= 2, "the strides differ or exceed 2"},
                                   {at.dilation_h == 1 && at.dilation_w == 1, "the convolution is dilated"},
                                   {at.pad_top <= 1 && at.pad_left <= 1, "the padding is wider than the window"},
                                   {3 * at.in_c < 4096, "there are too many channels for a store's offset"}}))
    return reason;
  const Planes p = planes_of(at, kMost);
  if (4 * p.pitch + 16 > 1020) return "a row of the input is too long for a load's offset";
  if (kMost == kLean && p.strip == planes_of(at, kFast).strip) return "the kernel that is not lean takes no more scratch";
  return refuses_scaling(dwconv2d_layer(node, graph));
}

template <int64_t kMost>
int64_t scratch(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  return planes_of(at, kMost).bytes(at.stride_h);
}

template <int64_t kMost>
double cycles(const Node& node, const Graph& graph, const Board&) {
  const Window2d at = lay(node, graph);
  const Planes p = planes_of(at, kMost);
  const double per_channel = static_cast<double>(p.slow) * (steps(p.fast) * 60 + 14) + 40;
  const auto strips = [](const Planes& q) { return (q.slow + q.strip - 1) / q.strip; };
  const auto more = static_cast<double>((strips(p) - strips(planes_of(at, kFast))) * (90 + 2 * p.pitch));
  return 1.3 * static_cast<double>(at.in_c) * (per_channel + more + 1.8 * static_cast<double>(at.in_h * at.in_w));
}

std::vector<int32_t> make_stream(const Int8Layer& layer, const Int8Scaling& scaling, const Planes& p) {
  std::vector<int32_t> stream;
  for (int64_t c = 0; c < layer.channels; ++c) {
    for (int64_t s = 0; s < kTaps; ++s) {
      uint32_t word = s == 0 ? static_cast<uint32_t>(scaling.up) << 24 : 0;
      for (int64_t f = 0; f < kTaps; ++f) {
        const int8_t weight = layer.weights_of(c)[static_cast<size_t>(p.rows_fast ? f * kTaps + s : s * kTaps + f)];
        word |= static_cast<uint32_t>(static_cast<uint8_t>(weight)) << (8 * f);
      }
      stream.push_back(static_cast<int32_t>(word));
    }
    stream.push_back(layer.bias[static_cast<size_t>(c)] * (1 << scaling.up));
    scaling.append(stream, c);
  }
  return stream;
}

Fields shape_of(const Window2d& at, const Planes& p, int32_t in_zero, int64_t words) {
  const int64_t in_row = at.in_w * at.in_c, out_row = at.out_w * at.in_c;
  return {{"in_slow", c_literal(p.in_slow)},
          {"out_slow", c_literal(p.slow)},
          {"in_slow_step", c_literal(p.rows_fast ? at.in_c : in_row)},
          {"out_slow_step", c_literal(p.rows_fast ? at.in_c : out_row)},
          {"in_fast", c_literal(p.in_fast)},
          {"channels", c_literal(at.in_c)},
          {"in_fast_step", c_literal(p.rows_fast ? in_row : at.in_c)},
          {"stride", c_literal(at.stride_h)},
          {"pad_fast", c_literal(p.pad_fast)},
          {"pad_slow", c_literal(p.pad_slow)},
          {"pitch", c_literal(p.pitch)},
          {"strip", c_literal(p.strip)},
          {"words", c_literal(4 + words)},
          {"in_zero", c_literal(int64_t{in_zero})}};
}

template <int64_t kMost>
KernelCall lower_shared(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const Int8Layer layer = dwconv2d_layer(node, graph);
  const Planes p = planes_of(at, kMost);
  const Int8Scaling scaling = scaling_of(layer, 12, 4);
  Fields fields = shape_of(at, p, graph.type(node.in[0]).quant.zero[0], scaling.words());
  fields.front().value.insert(0, "{");
  fields.back().value += "}";
  for (const auto& [name, value] :
       std::initializer_list<std::pair<const char*, int64_t>>{{"fast", p.fast},
                                                              {"fast_step", p.rows_fast ? at.out_w * at.in_c : at.in_c},
                                                              {"shift", scaling.shift},
                                                              {"exact", scaling.exact},
                                                              {"low", layer.range.min},
                                                              {"high", layer.range.max}})
    fields.push_back({name, c_literal(value)});
  return KernelCall("thimble_dwconv2d_s8_shared_dsp")
      .input(0)
      .output(0)
      .constant("stream", make_stream(layer, scaling, p))
      .scratch()
      .geometry("thimble_dwconv2d_s8_shared_dsp_shape", std::move(fields));
}

template <int64_t kMost>
KernelCall lower(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const Int8Layer layer = dwconv2d_layer(node, graph);
  const Planes p = planes_of(at, kMost);
  const int64_t out_row = at.out_w * at.in_c;
  const int64_t step_fast = p.rows_fast ? out_row : at.in_c, step_slow = p.rows_fast ? at.in_c : out_row;
  const Int8Scaling scaling = scaling_of(layer, 12, 4);                // here a smaller `up` is free: it is in the weights
  const int up = scaling.exact && scaling.shift < 0 ? scaling.up : 8;  // where the code needs to know
  const std::string id = c_word(layer.range.min) + "_" + c_word(layer.range.max);
  const std::string channel = fmt::format("thimble_dwconv2d_3x3_dsp_{}_{}_{}_{}_{}_{}_{}_{}_{}", p.pitch, p.fast, at.stride_h, step_fast,
                                          step_slow, up, c_word(scaling.shift), int{scaling.exact}, id);
  return KernelCall("thimble_dwconv2d_s8_dsp")
      .define(fmt::format("THIMBLE_DWCONV2D_3X3_DSP({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})", channel, 2 * p.pitch, p.fast, at.stride_h,
                          step_fast, step_slow, up, scaling.shift, int{scaling.exact}, layer.range.min, layer.range.max))
      .input(0)
      .output(0)
      .constant("stream", make_stream(layer, scaling, p))
      .scratch()
      .name(channel)
      .geometry("thimble_dwconv2d_s8_dsp_shape", shape_of(at, p, graph.type(node.in[0]).quant.zero[0], scaling.words()));
}

/// Half as many outputs at a time, and a loop that is told its shape.
template <int64_t kMost>
double cycles_shared(const Node& node, const Graph& graph, const Board& board) {
  return 1.4 * cycles<kMost>(node, graph, board);
}

template <int64_t kMost>
Kernel row(std::string_view name) {
  return {.name = name,
          .source = "kernels/dwconv2d_dsp.h",
          .op = "dwconv2d",
          .needs = Isa::ArmDsp,
          .refuses = refuses<kMost>,
          .scratch = scratch<kMost>,
          .cycles = cycles<kMost>,
          .lower = lower<kMost>,
          .in_place = true,
          .per_shape = true,
          .dual_issue = 0.75};
}

template <int64_t kMost>
Kernel shared_row(std::string_view name) {
  Kernel kernel = row<kMost>(name);
  kernel.cycles = cycles_shared<kMost>;
  kernel.lower = lower_shared<kMost>;
  kernel.per_shape = false;
  return kernel;
}

}  // namespace

std::span<const Kernel> dwconv2d_dsp_kernels() {
  static const Kernel kRows[] = {row<kFast>("dwconv2d_s8_dsp"), row<kLean>("dwconv2d_s8_dsp_lean"),
                                 shared_row<kFast>("dwconv2d_s8_shared_dsp"), shared_row<kLean>("dwconv2d_s8_shared_dsp_lean")};
  return kRows;
}

}  // namespace thimble

#include <fmt/format.h>

#include <algorithm>

#include "kernels/dsp_packing.h"
#include "kernels/packing.h"
#include "ops/fully_connected.h"

namespace thimble {
namespace {

int64_t steps_of(int64_t features) { return (features + 3) / 4; }

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason =
          refuse_unless({{dtype_is(graph, node, 0, DType::I8), "the input is not int8"},
                         {dtype_is(graph, node, 1, DType::I8) && is_constant(graph, node, 1), "the weights are not int8 constants"},
                         {!is_constant(graph, node, 0), "the input is a constant, which this kernel cannot read from flash"},
                         {bias_is_constant(graph, node), "the bias is not constant"}}))
    return reason;
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]);
  const auto& zeros = w.quant.zero;
  if (auto reason =
          refuse_unless({{std::all_of(zeros.begin(), zeros.end(), [](int32_t z) { return z == 0; }), "the weights' zero point is not 0"},
                         {x.elements() == w.shape[1], "there is more than one row"},
                         {w.shape[0] >= 4, "there are fewer than four outputs"},
                         {8 * steps_of(w.shape[1]) < 65536, "there are too many inputs"}}))
    return reason;
  return refuses_pairing(fully_connected_layer(node, graph));
}

int64_t scratch(const Node& node, const Graph& graph) { return 8 * steps_of(graph.type(node.in[1]).shape[1]); }

/// All of the input is widened into scratch first.
std::optional<int64_t> overlap(const Node& node, const Graph& graph) { return -graph.type(node.in[0]).bytes(); }

double cycles(const Node& node, const Graph& graph, const Board&) {
  const TensorType& w = graph.type(node.in[1]);
  const auto fours = static_cast<double>((w.shape[0] + 3) / 4), steps = static_cast<double>(steps_of(w.shape[1]));
  return fours * (steps * 20 + 50) + steps * 9 + 60;
}

std::vector<int32_t> make_stream(const Int8Layer& layer, const Int8Scaling& scaling, bool late) {
  std::vector<int32_t> stream;
  for (int64_t first = 0; first < layer.channels; first += 4) {
    const int64_t c = std::min(first, layer.channels - 4);
    const auto bias = [&](int64_t i) { return int64_t{layer.bias[static_cast<size_t>(c + i)]}; };
    for (int64_t i : {0, 2}) {
      stream.push_back(static_cast<int32_t>((late ? 0 : 256 * bias(i)) + bias(i + 1)));
      stream.push_back(static_cast<int32_t>(bias(i + 1)));
    }
    for (int64_t k = 0; k < layer.taps; k += 4)
      for (int64_t i : {0, 2})
        for (int64_t odd : {0, 1}) stream.push_back(paired_word(layer, c + i, c + i + 1, k + odd, k + odd + 2));
    if (late)
      for (int64_t i : {0, 2}) stream.push_back(static_cast<int32_t>(bias(i) * (int64_t{1} << scaling.up)));
    for (int64_t i = 0; i < 4; ++i) scaling.append(stream, c + i);
  }
  return stream;
}

KernelCall lower(const Node& node, const Graph& graph) {
  constexpr int64_t kMostUnroll = 16, kSmallUnroll = 2;
  const Int8Layer layer = fully_connected_layer(node, graph);
  const Int8Scaling scaling = scaling_of(layer, 12, 7);  // one bit less costs little
  const bool late = needs_late_bias(layer);
  const std::vector<int32_t> stream = make_stream(layer, scaling, late);
  const int64_t steps = steps_of(layer.taps);
  const std::string fours = fmt::format("thimble_fully_connected_dsp_{}_{}_{}_{}_{}_{}_{}", steps, int{late}, scaling.up,
                                        c_word(scaling.shift), int{scaling.exact}, c_word(layer.range.min), c_word(layer.range.max));
  return KernelCall("thimble_fully_connected_s8_dsp")
      .define(fmt::format("THIMBLE_FULLY_CONNECTED_DSP({}, {}, {}, {}, {}, {}, {}, {}, {}, {})", fours, steps,
                          unroll_of(steps, kMostUnroll), unroll_of(steps, kSmallUnroll), int{late}, scaling.up, scaling.shift,
                          int{scaling.exact}, layer.range.min, layer.range.max))
      .input(0)
      .output(0)
      .constant("stream", stream)
      .scratch()
      .name(fours)
      .geometry("thimble_fully_connected_s8_dsp_shape",
                {{"units", c_literal(layer.channels)},
                 {"features", c_literal(layer.taps)},
                 {"four_words", c_literal(static_cast<int64_t>(stream.size()) / ((layer.channels + 3) / 4))}});
}

}  // namespace

std::span<const Kernel> fully_connected_dsp_kernels() {
  static const Kernel kRows[] = {{.name = "fully_connected_s8_dsp",
                                  .source = "kernels/fully_connected_dsp.h",
                                  .op = "fully_connected",
                                  .needs = Isa::ArmDsp,
                                  .refuses = refuses,
                                  .scratch = scratch,
                                  .cycles = cycles,
                                  .lower = lower,
                                  .overlap = overlap}};
  return kRows;
}

}  // namespace thimble

#include "kernels/conv2d_s8w4_dsp.h"

#include <algorithm>
#include <limits>

#include "kernels/fours_dsp.h"
#include "kernels/int8_scaling.h"
#include "kernels/overlap.h"
#include "kernels/weighted.h"
#include "ops/conv2d.h"

namespace thimble {
namespace {

std::optional<std::string> refuses_operands(const Node& node, const Graph& graph) {
  if (auto reason = refuses_operands_s8w4_dsp(node, graph)) return reason;
  return refuse_unless({{graph.type(node.in[1]).shape[3] == graph.type(node.in[0]).shape[3], "the convolution is grouped"}});
}

NibbleConvolution convolution_of(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]);
  return {lay_window(node.attrs.as<Conv2dAttrs>(), x, w.shape[1], w.shape[2]), conv2d_layer(node, graph), x.quant.zero[0]};
}

/// Of one image, or of all where they are one row.
int64_t pixels_of(const Window2d& at) { return flattened(at).out_h * flattened(at).out_w; }

/// Four taps of two channels: 16 a + b + 8 in each byte.
int32_t nibbles(const Int8Layer& layer, int64_t a, int64_t b, int64_t k) {
  uint32_t word = 0;
  for (int64_t at = 3; at >= 0; --at) {
    const auto i = static_cast<size_t>(k + at);
    const bool inside = k + at < layer.taps;
    const int pair = 16 * (inside ? layer.weights_of(a)[i] : 0) + (inside ? layer.weights_of(b)[i] : 0) + 8;
    word = word << 8 | (static_cast<uint32_t>(pair) & 0xff);
  }
  return static_cast<int32_t>(word);
}

std::vector<int32_t> make_stream(const Int8Layer& layer, const Int8Scaling& scaling) {
  std::vector<int32_t> stream;
  for (int64_t first = 0; first < layer.channels; first += 2) {
    const auto [a, b] = pair_from(first, layer.channels);
    for (int64_t k = 0; k < layer.taps; k += 4) stream.push_back(nibbles(layer, a, b, k));
    for (const int64_t c : {a, b}) {
      stream.push_back(layer.bias[static_cast<size_t>(c)]);
      scaling.append(stream, c);
    }
  }
  return stream;
}

}  // namespace

std::optional<std::string> refuses_operands_s8w4_dsp(const Node& node, const Graph& graph) {
  if (auto reason = refuses_symmetric(node, graph)) return reason;
  const auto weights = constant_values<int8_t>(graph, node.in[1]);
  return refuse_unless(
      {{std::all_of(weights.begin(), weights.end(), [](int8_t w) { return w >= -8 && w <= 7; }), "a weight takes more than four bits"}});
}

std::optional<std::string> refuses_described(const NibbleConvolution& conv) {
  if (auto reason = refuses_wide(flattened(conv.at), conv.layer.channels, conv.layer.taps)) return reason;
  return refuses_scaling(conv.layer);
}

int64_t scratch_described(const NibbleConvolution& conv) {
  return ((pixels_of(conv.at) > 1 ? 16 : 8) + (reads_directly(conv.at) ? 0 : 4)) * fours_of(conv.at);
}

/// Two pixels are widened before they are written.
std::optional<int64_t> overlap_described(const NibbleConvolution& conv) {
  return overlap_of_window(flattened(conv.at), conv.layer.channels, 1, {.pixels = 2, .tail = 1});
}

double cost_described(const NibbleConvolution& conv, const Board& board) {
  if (has(board.isa, Isa::Helium)) return std::numeric_limits<double>::infinity();
  const Window2d& at = conv.at;
  const auto pixels = static_cast<double>(at.batches * at.out_h * at.out_w), taps = static_cast<double>(conv.layer.taps);
  const auto pairs = static_cast<double>((conv.layer.channels + 1) / 2);
  const double gather = reads_directly(at) ? 0 : 1.5 * taps + 40.0 * static_cast<double>(at.kernel_h * at.kernel_w);
  return pixels * (pairs * ((pixels > 1 ? 3.2 : 4.6) * taps + 50) + 3 * taps + gather + 40);
}

KernelCall lower_described(const NibbleConvolution& conv) {
  const Window2d at = flattened(conv.at);
  const Int8Scaling scaling = scaling_of(conv.layer, 13, 7);
  const int64_t count = at.out_h * at.out_w;
  Fields fields = fields_of_fours(at, conv.layer.channels);
  append(fields, {{"words", 1 + scaling.words()},
                  {"in_zero", conv.in_zero},
                  {"up", scaling.up},
                  {"shift", scaling.shift},
                  {"exact", scaling.exact},
                  {"low", conv.layer.range.min},
                  {"high", conv.layer.range.max}});
  return KernelCall("thimble_conv2d_s8w4_dsp")
      .input(0)
      .output(0)
      .constant("stream", make_stream(conv.layer, scaling))
      .scratch()
      .name(count > 1 ? "thimble_conv2d_s8w4_two_dsp" : "NULL")
      .name(count % 2 ? "thimble_conv2d_s8w4_one_dsp" : "NULL")
      .geometry("thimble_conv2d_s8w4_dsp_shape", std::move(fields));
}

std::span<const Kernel> conv2d_s8w4_dsp_kernels() {
  static const Kernel kRows[] = {conv2d_s8w4_dsp_row<refuses_operands, convolution_of>("conv2d_s8w4_dsp", "conv2d")};
  return kRows;
}

}  // namespace thimble

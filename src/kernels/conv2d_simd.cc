#include "kernels/packing.h"
#include "kernels/simd.h"
#include "kernels/weighted.h"
#include "kernels/window2d.h"
#include "ops/conv2d.h"
#include "ops/fully_connected.h"

namespace thimble {
namespace {

bool is_conv2d(const Node& node) { return node.op->name == "conv2d"; }

/// A fully connected layer is a convolution whose rows are pixels; a pointwise one has its pixels in one long row.
Window2d lay(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]);
  if (!is_conv2d(node)) {
    const int64_t rows = x.elements() / w.shape[1];
    return {1, 1, rows, w.shape[1], 1, rows, 1, 1};
  }
  Window2d at = lay_window(node.attrs.as<Conv2dAttrs>(), x, w.shape[1], w.shape[2]);
  if (at.kernel_h * at.kernel_w * at.stride_h * at.stride_w != 1 || at.out_h != at.in_h || at.out_w != at.in_w) return at;
  at.in_w = at.out_w = at.batches * at.out_h * at.out_w;
  at.batches = at.in_h = at.out_h = 1;
  return at;
}

Int8Layer layer_of(const Node& node, const Graph& graph) {
  return is_conv2d(node) ? conv2d_layer(node, graph) : fully_connected_layer(node, graph);
}

/// What widened taps have too much goes off the bias.
void take_off_offset(Int8Layer& layer) {
  constexpr int kOffset = 128;
  for (int64_t c = 0; c < layer.channels; ++c)
    for (const int8_t w : layer.weights_of(c)) layer.bias[static_cast<size_t>(c)] -= kOffset * w;
}

/// What the layer is for an instruction set.
struct Fit {
  Window2d at;
  int64_t channels = 0, taps = 0, groups = 0, pitch = 0;
  SimdTile tile;
};
Fit fit(const Simd& simd, const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  Fit f{.at = lay(node, graph), .channels = w.shape[0], .taps = w.elements() / w.shape[0]};
  f.groups = (f.taps + simd.group - 1) / simd.group;
  f.pitch = f.groups * simd.group;
  f.tile = simd_tile(simd, f.at.out_h * f.at.out_w, f.channels, f.groups);
  return f;
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason = refuses_weighted<DType::I8, DType::I8>(node, graph)) return reason;
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]);
  for (const int32_t zero : w.quant.zero)
    if (zero != 0) return "the weights' zero point is not 0";
  if (is_conv2d(node) && w.shape[3] != x.shape[3]) return "the convolution is grouped";
  return refuses_scaling(layer_of(node, graph));
}

template <const Simd& simd>
int64_t scratch(const Node& node, const Graph& graph) {
  const Fit f = fit(simd, node, graph);
  return (f.tile.pixels * f.pitch + simd.chunk) * simd.tap_bytes;
}

template <const Simd& simd>
double cycles(const Node& node, const Graph& graph, const Board&) {
  const Fit f = fit(simd, node, graph);
  const auto pixels = static_cast<double>(f.at.out_h * f.at.out_w);
  const double gather = pixels * (static_cast<double>(f.at.kernel_h) * 6 + 2.0 * static_cast<double>(f.taps) / simd.chunk);
  return static_cast<double>(f.at.batches) * (f.tile.cycles + gather);
}

template <const Simd& simd>
KernelCall lower(const Node& node, const Graph& graph) {
  constexpr int64_t kCacheLine = 64;
  const Fit f = fit(simd, node, graph);
  Int8Layer layer = layer_of(node, graph);
  const Int8Scaling scaling = scaling_of(layer, 31, 2);
  if (simd.unsigned_taps) take_off_offset(layer);
  const int64_t vectors = (f.channels + simd.lanes - 1) / simd.lanes;
  const int64_t blocks = f.channels / (f.tile.vectors * simd.lanes), rest = vectors - blocks * f.tile.vectors;
  Fields fields;
  append(fields, {{"batches", f.at.batches},
                  {"in_h", f.at.in_h},
                  {"in_w", f.at.in_w},
                  {"in_c", f.at.in_c},
                  {"out_h", f.at.out_h},
                  {"out_w", f.at.out_w},
                  {"out_c", f.channels}});
  append_window(fields, f.at);
  append(fields, {{"in_zero", graph.type(node.in[0]).quant.zero[0]},
                  {"pixels", f.tile.pixels},
                  {"vectors", f.tile.vectors},
                  {"blocks", blocks},
                  {"rest", rest},
                  {"rest_lanes", f.channels - (vectors - 1) * simd.lanes},
                  {"groups", f.groups},
                  {"pitch", f.pitch}});
  fields.push_back(simd_scaling_field(layer, scaling));
  return KernelCall("thimble_conv2d_s8_simd")
      .input(0)
      .output(0)
      .constant("weights", simd_weights(simd, layer, f.tile.vectors), kCacheLine)
      .constant("words", simd_words(simd, layer, scaling, simd_channels(simd, f.channels)), kCacheLine)
      .scratch()
      .geometry("thimble_conv2d_s8_simd_shape", std::move(fields));
}

template <const Simd& simd>
Kernel row(std::string_view name, std::string_view op, std::string_view source) {
  return {.name = name,
          .source = source,
          .op = op,
          .needs = simd.needs,
          .refuses = refuses,
          .scratch = scratch<simd>,
          .cycles = cycles<simd>,
          .lower = lower<simd>,
          .per_shape = true};
}

constexpr std::string_view kOnAvx512 = "core/simd_avx512.h kernels/conv2d_simd.h", kOnAvx2 = "core/simd_avx2.h kernels/conv2d_simd.h";

}  // namespace

std::span<const Kernel> conv2d_simd_kernels() {
  static const Kernel kRows[] = {
      row<kAvx512>("conv2d_s8_avx512", "conv2d", kOnAvx512), row<kAvx512>("fully_connected_s8_avx512", "fully_connected", kOnAvx512),
      row<kAvx2>("conv2d_s8_avx2", "conv2d", kOnAvx2), row<kAvx2>("fully_connected_s8_avx2", "fully_connected", kOnAvx2)};
  return kRows;
}

}  // namespace thimble

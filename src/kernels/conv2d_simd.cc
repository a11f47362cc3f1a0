#include <algorithm>

#include "kernels/packing.h"
#include "kernels/simd.h"
#include "kernels/weighted.h"
#include "kernels/window2d.h"
#include "ops/conv2d.h"
#include "ops/fully_connected.h"

namespace thimble {
namespace {

constexpr int64_t kMostRows = 16;

bool is_conv2d(const Node& node) { return node.op->name == "conv2d"; }

/// A fully connected layer is a convolution whose rows are pixels; a pointwise one has its pixels in one long row.
Window2d lay(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]);
  if (!is_conv2d(node)) {
    const int64_t rows = x.elements() / w.shape[1];
    return {1, 1, rows, w.shape[1], 1, rows, 1, 1};
  }
  return flattened(lay_window(node.attrs.as<Conv2dAttrs>(), x, w.shape[1], w.shape[2]));
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

/// What the layer is for an instruction set: see runtime/kernels/conv2d_simd.h.
struct Fit {
  Window2d at;
  int64_t channels = 0, rows = 1, runs = 1, span = 0, groups = 0, pixel_step = 0;
  int64_t ring = 0, pitch = 0, right = 0, scratch = 0;  ///< scratch: in taps
  SimdTile tile;
  int64_t window_groups() const { return rows * runs * groups; }
};
Fit fit(const Simd& simd, const Node& node, const Graph& graph) {
  Fit f{.at = lay(node, graph), .channels = graph.type(node.in[1]).shape[0]};
  const Window2d& at = f.at;
  f.rows = at.kernel_h;
  f.runs = at.dilation_w == 1 ? 1 : at.kernel_w;
  f.span = at.dilation_w == 1 ? at.kernel_w * at.in_c : at.in_c;
  f.groups = (f.span + simd.group - 1) / simd.group;
  f.tile = simd_tile(simd, at.out_w, f.channels, f.window_groups());
  if (pixel_by_pixel(at)) {
    f.pixel_step = f.groups * simd.group;
    f.scratch = f.tile.pixels * f.pixel_step + simd.chunk;
  } else {
    const int64_t columns = (at.out_w - 1) * at.stride_w + (at.kernel_w - 1) * at.dilation_w + 1;
    f.pixel_step = at.stride_w * at.in_c;
    f.right = std::max<int64_t>(0, columns - at.pad_left - at.in_w) * at.in_c;
    f.ring = (at.kernel_h - 1) * at.dilation_h + 1;
    f.pitch = (at.pad_left + at.in_w) * at.in_c + f.right + simd.chunk;
    f.scratch = (f.ring + 1) * f.pitch;
  }
  return f;
}

/// The layer with zeros behind each run, as far as its last group reaches.
Int8Layer with_whole_groups(const Simd& simd, Int8Layer layer, const Fit& f) {
  std::vector<int8_t> weights;
  for (int64_t c = 0; c < layer.channels; ++c)
    for (int64_t run = 0; run < f.rows * f.runs; ++run) {
      const auto taps = layer.weights_of(c).subspan(static_cast<size_t>(run * f.span), static_cast<size_t>(f.span));
      weights.insert(weights.end(), taps.begin(), taps.end());
      weights.resize(weights.size() + static_cast<size_t>(f.groups * simd.group - f.span));
    }
  layer.taps = f.window_groups() * simd.group;
  layer.weights = std::move(weights);
  return layer;
}

template <const Simd& simd>
std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason = refuses_weighted<DType::I8, DType::I8>(node, graph)) return reason;
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]);
  for (const int32_t zero : w.quant.zero)
    if (zero != 0) return "the weights' zero point is not 0";
  if (is_conv2d(node) && w.shape[3] != x.shape[3]) return "the convolution is grouped";
  if (is_conv2d(node) && w.shape[1] > kMostRows) return "the window has more than 16 rows";
  const Int8Layer layer = layer_of(node, graph);
  if (simd.narrow_sums) {
    const Fit f = fit(simd, node, graph);
    if (auto reason = refuses_narrow_sums(with_whole_groups(simd, layer, f), simd.group, simd.together)) return reason;
  }
  return refuses_scaling(layer);
}

template <const Simd& simd>
int64_t scratch(const Node& node, const Graph& graph) {
  return fit(simd, node, graph).scratch * simd.tap_bytes;
}

template <const Simd& simd>
double cycles(const Node& node, const Graph& graph, const Board&) {
  const Fit f = fit(simd, node, graph);
  const auto rows = static_cast<double>(f.ring ? f.at.in_h : f.at.out_w), taps = static_cast<double>(f.ring ? f.pitch : f.at.in_c);
  const double widen = rows * (6 + 2 * taps / simd.chunk);
  return static_cast<double>(f.at.batches) * (static_cast<double>(f.at.out_h) * f.tile.cycles + widen);
}

template <const Simd& simd>
KernelCall lower(const Node& node, const Graph& graph) {
  constexpr int64_t kCacheLine = 64;
  const Fit f = fit(simd, node, graph);
  Int8Layer layer = layer_of(node, graph);
  const Int8Scaling scaling = scaling_of(layer, 31, 2);
  if (simd.unsigned_taps) take_off_offset(layer);
  layer = with_whole_groups(simd, std::move(layer), f);
  const int64_t vectors = (f.channels + simd.lanes - 1) / simd.lanes;
  const int64_t blocks = f.channels / (f.tile.vectors * simd.lanes), rest = vectors - blocks * f.tile.vectors;
  Fields fields;
  append(fields, {{"batches", f.at.batches},
                  {"in_h", f.at.in_h},
                  {"in_row", f.at.in_w * f.at.in_c},
                  {"in_c", f.at.in_c},
                  {"out_h", f.at.out_h},
                  {"out_w", f.at.out_w},
                  {"out_c", f.channels},
                  {"stride_h", f.at.stride_h},
                  {"dilation_h", f.at.dilation_h},
                  {"pad_top", f.at.pad_top},
                  {"in_zero", graph.type(node.in[0]).quant.zero[0]},
                  {"rows", f.rows},
                  {"runs", f.runs},
                  {"run_step", f.at.dilation_w * f.at.in_c},
                  {"groups", f.groups},
                  {"pixel_step", f.pixel_step},
                  {"ring", f.ring},
                  {"pitch", f.pitch},
                  {"left", f.at.pad_left * f.at.in_c},
                  {"right", f.right},
                  {"pixels", f.tile.pixels},
                  {"vectors", f.tile.vectors},
                  {"blocks", blocks},
                  {"rest", rest},
                  {"rest_lanes", f.channels - (vectors - 1) * simd.lanes}});
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
          .refuses = refuses<simd>,
          .scratch = scratch<simd>,
          .cycles = cycles<simd>,
          .lower = lower<simd>,
          .per_shape = true};
}

constexpr std::string_view kOnAvx512 = "core/simd_avx512.h kernels/conv2d_simd.h", kOnAvx2 = "core/simd_avx2.h kernels/conv2d_simd.h",
                           kOnNeon = "core/simd_neon.h kernels/conv2d_simd.h", kOnWasm = "core/simd_wasm.h kernels/conv2d_simd.h";

}  // namespace

std::span<const Kernel> conv2d_simd_kernels() {
  static const Kernel kRows[] = {
      row<kAvx512>("conv2d_s8_avx512", "conv2d", kOnAvx512), row<kAvx512>("fully_connected_s8_avx512", "fully_connected", kOnAvx512),
      row<kAvx2>("conv2d_s8_avx2", "conv2d", kOnAvx2),       row<kAvx2>("fully_connected_s8_avx2", "fully_connected", kOnAvx2),
      row<kNeon>("conv2d_s8_neon", "conv2d", kOnNeon),       row<kNeon>("fully_connected_s8_neon", "fully_connected", kOnNeon),
      row<kWasm>("conv2d_s8_wasm", "conv2d", kOnWasm),       row<kWasm>("fully_connected_s8_wasm", "fully_connected", kOnWasm)};
  return kRows;
}

}  // namespace thimble

#include <algorithm>
#include <cmath>

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

/// The tile, and the ring where windows reach over an edge.
struct Fit {
  Window2d at;
  int64_t channels = 0, taps = 0, ring = 0, pitch = 0;
  SimdTile tile;
};
Fit fit(const Simd& simd, const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  Fit f{.at = lay(node, graph), .channels = w.shape[0], .taps = w.elements() / w.shape[0]};
  const int64_t columns = (f.at.out_w - 1) * f.at.stride_w + (f.at.kernel_w - 1) * f.at.dilation_w + 1;
  if (f.at.pad_left > 0 || columns > f.at.in_w) {
    f.ring = (f.at.kernel_h - 1) * f.at.dilation_h + 1;
    f.pitch = std::max(columns, f.at.pad_left + f.at.in_w) * f.at.in_c;
  }
  f.tile = simd_tile(for_floats(simd), f.at.out_w, f.channels, f.taps);
  return f;
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason = refuses_weighted<DType::F32, DType::F32>(node, graph)) return reason;
  const auto weights = constant_values<float>(graph, node.in[1]);
  if (!std::all_of(weights.begin(), weights.end(), [](float w) { return std::isfinite(w); }))
    return "a weight is infinite or no number, and would not vanish in the padding";
  if (!is_conv2d(node)) return std::nullopt;
  const TensorType& w = graph.type(node.in[1]);
  return refuse_unless({{w.shape[3] == graph.type(node.in[0]).shape[3], "the convolution is grouped"},
                        {w.shape[1] <= kMostRows, "the window has more than 16 rows"}});
}

template <const Simd& simd>
int64_t scratch(const Node& node, const Graph& graph) {
  const Fit f = fit(simd, node, graph);
  return f.ring * f.pitch * static_cast<int64_t>(sizeof(float));
}

template <const Simd& simd>
double cycles(const Node& node, const Graph& graph, const Board&) {
  const Fit f = fit(simd, node, graph);
  const double copy = f.ring ? static_cast<double>(f.at.in_h * f.pitch) / simd.lanes : 0;
  return static_cast<double>(f.at.batches) * (static_cast<double>(f.at.out_h) * f.tile.cycles + copy);
}

/// [channels][taps] as [block][tap][lane], zeros where there is no channel.
std::vector<float> pack(const Simd& simd, std::span<const float> weights, const Fit& f) {
  std::vector<float> packed;
  const int64_t wide = f.tile.vectors * simd.lanes, all = (f.channels + simd.lanes - 1) / simd.lanes * simd.lanes;
  for (int64_t block = 0; block < f.channels; block += wide)
    for (int64_t k = 0; k < f.taps; ++k)
      for (int64_t c = block; c < std::min(block + wide, all); ++c)
        packed.push_back(c < f.channels ? weights[static_cast<size_t>(c * f.taps + k)] : 0.0f);
  return packed;
}

template <const Simd& simd>
KernelCall lower(const Node& node, const Graph& graph) {
  constexpr int64_t kCacheLine = 64;
  const Fit f = fit(simd, node, graph);
  const Window2d& at = f.at;
  const int64_t vectors = (f.channels + simd.lanes - 1) / simd.lanes, blocks = f.channels / (f.tile.vectors * simd.lanes);
  const bool joined = at.dilation_w == 1;
  std::vector<float> bias = bias_or_zeros<float>(graph, node, f.channels);
  bias.resize(static_cast<size_t>(vectors * simd.lanes));
  Fields fields;
  append(fields, {{"batches", at.batches},
                  {"in_h", at.in_h},
                  {"in_row", at.in_w * at.in_c},
                  {"out_h", at.out_h},
                  {"out_w", at.out_w},
                  {"out_c", f.channels},
                  {"kernel_h", at.kernel_h},
                  {"stride_h", at.stride_h},
                  {"dilation_h", at.dilation_h},
                  {"pad_top", at.pad_top},
                  {"pixels", f.tile.pixels},
                  {"vectors", f.tile.vectors},
                  {"blocks", blocks},
                  {"rest", vectors - blocks * f.tile.vectors},
                  {"rest_lanes", f.channels - (vectors - 1) * simd.lanes},
                  {"runs", joined ? 1 : at.kernel_w},
                  {"span", joined ? at.kernel_w * at.in_c : at.in_c},
                  {"run_step", at.dilation_w * at.in_c},
                  {"pixel_step", at.stride_w * at.in_c},
                  {"ring", f.ring},
                  {"left", at.pad_left * at.in_c},
                  {"pitch", f.pitch},
                  {"fused", simd.fuses && is_conv2d(node)}});  // a fully connected layer waits for its weights anyway
  append_range(fields, is_conv2d(node) ? node.attrs.as<Conv2dAttrs>().activation : node.attrs.as<FullyConnectedAttrs>().activation);
  return KernelCall("thimble_conv2d_f32_simd")
      .input(0)
      .output(0)
      .constant("weights", pack(simd, constant_values<float>(graph, node.in[1]), f), kCacheLine)
      .constant("bias", bias, kCacheLine)
      .scratch()
      .geometry("thimble_conv2d_f32_simd_shape", std::move(fields));
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

constexpr std::string_view kOnAvx512 = "core/simd_avx512.h kernels/conv2d_simd_f32.h",
                           kOnAvx2 = "core/simd_avx2.h kernels/conv2d_simd_f32.h", kOnNeon = "core/simd_neon.h kernels/conv2d_simd_f32.h",
                           kOnWasm = "core/simd_wasm.h kernels/conv2d_simd_f32.h";

}  // namespace

std::span<const Kernel> conv2d_simd_f32_kernels() {
  static const Kernel kRows[] = {
      row<kAvx512>("conv2d_f32_avx512", "conv2d", kOnAvx512), row<kAvx512>("fully_connected_f32_avx512", "fully_connected", kOnAvx512),
      row<kAvx2>("conv2d_f32_avx2", "conv2d", kOnAvx2),       row<kAvx2>("fully_connected_f32_avx2", "fully_connected", kOnAvx2),
      row<kNeon>("conv2d_f32_neon", "conv2d", kOnNeon),       row<kNeon>("fully_connected_f32_neon", "fully_connected", kOnNeon),
      row<kWasm>("conv2d_f32_wasm", "conv2d", kOnWasm),       row<kWasm>("fully_connected_f32_wasm", "fully_connected", kOnWasm)};
  return kRows;
}

}  // namespace thimble

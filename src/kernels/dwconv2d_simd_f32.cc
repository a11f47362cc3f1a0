#include <algorithm>
#include <cmath>

#include "kernels/packing.h"
#include "kernels/simd.h"
#include "kernels/weighted.h"
#include "kernels/window2d.h"
#include "ops/dwconv2d.h"

namespace thimble {
namespace {

constexpr int64_t kMostRows = 16, kMostTaps = 64;

Window2d lay(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return lay_window(node.attrs.as<Dwconv2dAttrs>(), graph.type(node.in[0]), w.shape[1], w.shape[2]);
}

SimdLine line_of(const Simd& simd, const Window2d& at) { return simd_line(for_floats(simd), at); }

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason = refuses_weighted<DType::F32, DType::F32>(node, graph)) return reason;
  const Window2d at = lay(node, graph);
  const auto weights = constant_values<float>(graph, node.in[1]);
  return refuse_unless({{graph.type(node.in[1]).shape[3] == at.in_c, "a channel has more than one filter"},
                        {at.kernel_h <= kMostRows, "the window has more than 16 rows"},
                        {at.kernel_h * at.kernel_w <= kMostTaps, "the window has more than 64 taps"},
                        {std::all_of(weights.begin(), weights.end(), [](float w) { return std::isfinite(w); }),
                         "a weight is infinite or no number, and would not vanish in the padding"}});
}

template <const Simd& simd>
int64_t scratch(const Node& node, const Graph& graph) {
  const SimdLine l = line_of(simd, lay(node, graph));
  return l.ring * l.pitch * static_cast<int64_t>(sizeof(float));
}

template <const Simd& simd>
double cycles(const Node& node, const Graph& graph, const Board&) {
  const Window2d at = lay(node, graph);
  const SimdLine l = line_of(simd, at);
  const auto vectors = static_cast<double>(at.out_h * l.blocks * l.steps), taps = static_cast<double>(at.kernel_h * at.kernel_w);
  const double rows = static_cast<double>(at.in_h) * (8 + static_cast<double>(l.pitch) / simd.lanes);
  return static_cast<double>(at.batches) * (vectors * (taps * 0.6 + 2) + rows);
}

/// Per block the lanes of each tap; channels go round.
std::vector<float> pack(std::span<const float> values, int64_t channels, int64_t blocks, int64_t lanes) {
  std::vector<float> packed;
  const auto taps = std::ssize(values) / channels;
  for (int64_t b = 0; b < blocks; ++b)
    for (int64_t t = 0; t < taps; ++t)
      for (int64_t lane = 0; lane < lanes; ++lane)
        packed.push_back(values[static_cast<size_t>(t * channels + (b * lanes + lane) % channels)]);
  return packed;
}

template <const Simd& simd>
KernelCall lower(const Node& node, const Graph& graph) {
  constexpr int64_t kCacheLine = 64;
  const Window2d at = lay(node, graph);
  const SimdLine l = line_of(simd, at);
  Fields fields;
  append(fields, {{"batches", at.batches},
                  {"in_h", at.in_h},
                  {"in_row", at.in_w * at.in_c},
                  {"out_h", at.out_h},
                  {"out_row", at.out_w * at.in_c},
                  {"kernel_h", at.kernel_h},
                  {"kernel_w", at.kernel_w},
                  {"stride_h", at.stride_h},
                  {"dilation_h", at.dilation_h},
                  {"pad_top", at.pad_top},
                  {"left", l.left},
                  {"pitch", l.pitch},
                  {"ring", l.ring},
                  {"tap_step", at.dilation_w * at.in_c},
                  {"blocks", l.blocks},
                  {"steps", l.steps},
                  {"in_step", l.in_step},
                  {"out_step", l.out_step},
                  {"last_channels", l.last_channels},
                  {"line", l.line}});
  append_range(fields, node.attrs.as<Dwconv2dAttrs>().activation);
  return KernelCall("thimble_dwconv2d_f32_simd")
      .input(0)
      .output(0)
      .constant("weights", pack(constant_values<float>(graph, node.in[1]), at.in_c, l.blocks, simd.lanes), kCacheLine)
      .constant("bias", pack(bias_or_zeros<float>(graph, node, at.in_c), at.in_c, l.blocks, simd.lanes), kCacheLine)
      .scratch()
      .geometry("thimble_dwconv2d_f32_simd_shape", std::move(fields));
}

template <const Simd& simd>
Kernel row(std::string_view name, std::string_view source) {
  return {.name = name,
          .source = source,
          .op = "dwconv2d",
          .needs = simd.needs,
          .refuses = refuses,
          .scratch = scratch<simd>,
          .cycles = cycles<simd>,
          .lower = lower<simd>,
          .per_shape = true};
}

}  // namespace

std::span<const Kernel> dwconv2d_simd_f32_kernels() {
  static const Kernel kRows[] = {row<kAvx512>("dwconv2d_f32_avx512", "core/simd_avx512.h kernels/dwconv2d_simd_f32.h"),
                                 row<kAvx2>("dwconv2d_f32_avx2", "core/simd_avx2.h kernels/dwconv2d_simd_f32.h"),
                                 row<kNeon>("dwconv2d_f32_neon", "core/simd_neon.h kernels/dwconv2d_simd_f32.h"),
                                 row<kWasm>("dwconv2d_f32_wasm", "core/simd_wasm.h kernels/dwconv2d_simd_f32.h")};
  return kRows;
}

}  // namespace thimble

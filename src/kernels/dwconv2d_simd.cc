#include "ops/dwconv2d.h"

#include "kernels/packing.h"
#include "kernels/simd.h"
#include "kernels/weighted.h"
#include "kernels/window2d.h"

namespace thimble {
namespace {

constexpr int64_t kMostRows = 16;

Window2d lay(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return lay_window(node.attrs.as<Dwconv2dAttrs>(), graph.type(node.in[0]), w.shape[1], w.shape[2]);
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason = refuses_weighted<DType::I8, DType::I8>(node, graph)) return reason;
  const Window2d at = lay(node, graph);
  if (auto reason = refuse_unless({{graph.type(node.in[1]).shape[3] == at.in_c, "a channel has more than one filter"},
                                   {at.kernel_h <= kMostRows, "the window has more than 16 rows"},
                                   {at.kernel_h * at.kernel_w <= 64, "the window has more than 64 taps"}}))
    return reason;
  const Int8Layer layer = dwconv2d_layer(node, graph);
  if (auto reason = refuses_narrow_sums(layer, 2, 1)) return reason;
  return refuses_scaling(layer);
}

template <const Simd& simd>
int64_t scratch(const Node& node, const Graph& graph) {
  const SimdLine l = simd_line(simd, lay(node, graph));
  return l.ring * l.pitch * simd.sample_bytes;
}

template <const Simd& simd>
double cycles(const Node& node, const Graph& graph, const Board&) {
  const Window2d at = lay(node, graph);
  const SimdLine l = simd_line(simd, at);
  const auto vectors = static_cast<double>(at.batches * at.out_h * l.blocks * l.steps),
             taps = static_cast<double>(at.kernel_h * at.kernel_w);
  const double rows = static_cast<double>(at.batches * at.in_h) * (8 + 1.5 * static_cast<double>(l.pitch) / simd.sample_chunk);
  return vectors * (taps * simd.tap + simd.finish * simd.channels / simd.lanes) + rows;
}

template <class T>
std::vector<T> make_weights(const Simd& simd, const Int8Layer& layer, int64_t blocks) {
  std::vector<T> packed;
  for (int64_t b = 0; b < blocks; ++b)
    for (int64_t t = 0; t < layer.taps; ++t)
      for (int64_t lane = 0; lane < simd.channels; ++lane)
        packed.push_back(layer.weights_of((b * simd.channels + lane) % layer.channels)[static_cast<size_t>(t)]);
  return packed;
}

/// The channels of all vectors, part by part, each as its lanes lie.
std::vector<int64_t> lane_channels(const Simd& simd, int64_t channels, int64_t blocks) {
  std::vector<int64_t> all;
  const int64_t parts = simd.channels / simd.lanes;
  for (int64_t b = 0; b < blocks; ++b)
    for (int64_t part = 0; part < parts; ++part)
      for (int64_t lane = 0; lane < simd.lanes; ++lane) {
        const int64_t place = simd.interleaved ? lane / 4 * 4 * parts + part * 4 + lane % 4 : part * simd.lanes + lane;
        all.push_back((b * simd.channels + place) % channels);
      }
  return all;
}

template <const Simd& simd>
KernelCall lower(const Node& node, const Graph& graph) {
  constexpr int64_t kCacheLine = 64;
  const Window2d at = lay(node, graph);
  const SimdLine l = simd_line(simd, at);
  const Int8Layer layer = dwconv2d_layer(node, graph);
  const Int8Scaling scaling = scaling_of(layer, 31, 2);
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
                  {"in_zero", graph.type(node.in[0]).quant.zero[0]},
                  {"left", l.left},
                  {"middle", at.in_w * at.in_c},
                  {"right", l.right},
                  {"pitch", l.pitch},
                  {"ring", l.ring},
                  {"tap_step", at.dilation_w * at.in_c},
                  {"blocks", l.blocks},
                  {"steps", l.steps},
                  {"in_step", l.in_step},
                  {"out_step", l.out_step},
                  {"last_channels", l.last_channels},
                  {"line", l.line}});
  fields.push_back(simd_scaling_field(layer, scaling));
  KernelCall call("thimble_dwconv2d_s8_simd");
  call.input(0).output(0);
  if (simd.sample_bytes == 2)
    call.constant("weights", make_weights<int16_t>(simd, layer, l.blocks), kCacheLine);
  else
    call.constant("weights", make_weights<int8_t>(simd, layer, l.blocks), kCacheLine);
  return call.constant("words", simd_words(simd, layer, scaling, lane_channels(simd, layer.channels, l.blocks)), kCacheLine)
      .scratch()
      .geometry("thimble_dwconv2d_s8_simd_shape", std::move(fields));
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

std::span<const Kernel> dwconv2d_simd_kernels() {
  static const Kernel kRows[] = {row<kAvx512>("dwconv2d_s8_avx512", "core/simd_avx512.h kernels/dwconv2d_simd.h"),
                                 row<kAvx2>("dwconv2d_s8_avx2", "core/simd_avx2.h kernels/dwconv2d_simd.h"),
                                 row<kNeon>("dwconv2d_s8_neon", "core/simd_neon.h kernels/dwconv2d_simd.h"),
                                 row<kWasm>("dwconv2d_s8_wasm", "core/simd_wasm.h kernels/dwconv2d_simd.h")};
  return kRows;
}

}  // namespace thimble

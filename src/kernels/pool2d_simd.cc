#include "ops/pool2d.h"

#include "kernels/simd.h"
#include "kernels/window2d.h"

namespace thimble {
namespace {

Window2d lay(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<Pool2dAttrs>();
  return lay_window(a, graph.type(node.in[0]), a.kernel_h, a.kernel_w);
}

template <const Simd& simd>
std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  constexpr int64_t kMostTaps = 65536;  // sums stay below 2^24
  if (!dtype_is(graph, node, 0, DType::I8)) return "the input is not int8";
  const Window2d at = lay(node, graph);
  return refuse_unless(
      {{at.in_c >= simd.lanes, "the channels do not fill a vector"}, {at.kernel_h * at.kernel_w <= kMostTaps, "the window is too large"}});
}

template <const Simd& simd>
double cycles(const Node& node, const Graph& graph, const Board&) {
  const Window2d at = lay(node, graph);
  const auto vectors = static_cast<double>(at.batches * at.out_h * at.out_w * ((at.in_c + simd.lanes - 1) / simd.lanes));
  return vectors * (1.5 * static_cast<double>(at.kernel_h * at.kernel_w) + 20);
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const IntRange range = quantized_range(node.attrs.as<Pool2dAttrs>().activation, graph.type(node.out[0]));
  Fields fields;
  append(fields,
         {{"batches", at.batches}, {"in_h", at.in_h}, {"in_w", at.in_w}, {"channels", at.in_c}, {"out_h", at.out_h}, {"out_w", at.out_w}});
  append_window(fields, at);
  append(fields, {{"maximum", node.op->name == "max_pool2d"}, {"out_min", range.min}, {"out_max", range.max}});
  return KernelCall("thimble_pool2d_s8_simd").input(0).output(0).geometry("thimble_pool2d_s8_shape", std::move(fields));
}

template <const Simd& simd>
Kernel row(std::string_view name, std::string_view op, std::string_view source) {
  return {.name = name, .source = source, .op = op, .needs = simd.needs, .refuses = refuses<simd>, .cycles = cycles<simd>, .lower = lower};
}

constexpr std::string_view kOnAvx512 = "core/simd_avx512.h kernels/pool2d_simd.h", kOnAvx2 = "core/simd_avx2.h kernels/pool2d_simd.h";

}  // namespace

std::span<const Kernel> pool2d_simd_kernels() {
  static const Kernel kRows[] = {
      row<kAvx512>("average_pool2d_s8_avx512", "average_pool2d", kOnAvx512), row<kAvx512>("max_pool2d_s8_avx512", "max_pool2d", kOnAvx512),
      row<kAvx2>("average_pool2d_s8_avx2", "average_pool2d", kOnAvx2), row<kAvx2>("max_pool2d_s8_avx2", "max_pool2d", kOnAvx2)};
  return kRows;
}

}  // namespace thimble

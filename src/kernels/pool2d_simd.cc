#include "ops/pool2d.h"

#include "kernels/simd.h"
#include "kernels/window2d.h"

namespace thimble {
namespace {

Window2d lay(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<Pool2dAttrs>();
  return lay_window(a, graph.type(node.in[0]), a.kernel_h, a.kernel_w);
}

template <const Simd& simd, DType dtype>
std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  constexpr int64_t kMostTaps = 65536;  // sums stay below 2^24
  if (!dtype_is(graph, node, 0, dtype)) return "the input is not " + std::string(name_of(dtype));
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

Fields shape_fields(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  Fields fields;
  append(fields,
         {{"batches", at.batches}, {"in_h", at.in_h}, {"in_w", at.in_w}, {"channels", at.in_c}, {"out_h", at.out_h}, {"out_w", at.out_w}});
  append_window(fields, at);
  append(fields, {{"maximum", node.op->name == "max_pool2d"}});
  return fields;
}

template <DType dtype>
KernelCall lower(const Node& node, const Graph& graph) {
  const Activation activation = node.attrs.as<Pool2dAttrs>().activation;
  Fields fields = shape_fields(node, graph);
  if (dtype == DType::F32) {
    append_range(fields, activation);
    return KernelCall("thimble_pool2d_f32_simd").input(0).output(0).geometry("thimble_pool2d_f32_shape", std::move(fields));
  }
  const IntRange range = quantized_range(activation, graph.type(node.out[0]));
  append(fields, {{"out_min", range.min}, {"out_max", range.max}});
  return KernelCall("thimble_pool2d_s8_simd").input(0).output(0).geometry("thimble_pool2d_s8_shape", std::move(fields));
}

template <const Simd& simd, DType dtype>
void add_rows(std::vector<Kernel>& rows, std::string_view source, std::string_view average, std::string_view maximum) {
  for (const auto& [name, op] : {std::pair{average, "average_pool2d"}, {maximum, "max_pool2d"}})
    rows.push_back({.name = name,
                    .source = source,
                    .op = op,
                    .needs = simd.needs,
                    .refuses = refuses<simd, dtype>,
                    .cycles = cycles<simd>,
                    .lower = lower<dtype>});
}

/// Of one instruction set.
#define THIMBLE_POOLS(rows, simd, word)                                                                                            \
  add_rows<simd, DType::I8>(rows, "core/simd_" word ".h kernels/pool2d_simd.h", "average_pool2d_s8_" word, "max_pool2d_s8_" word); \
  add_rows<simd, DType::F32>(rows, "core/simd_" word ".h kernels/pool2d_simd_f32.h", "average_pool2d_f32_" word, "max_pool2d_f32_" word)

}  // namespace

std::span<const Kernel> pool2d_simd_kernels() {
  static const std::vector<Kernel> kRows = [] {
    std::vector<Kernel> rows;
    THIMBLE_POOLS(rows, kAvx512, "avx512");
    THIMBLE_POOLS(rows, kAvx2, "avx2");
    THIMBLE_POOLS(rows, kNeon, "neon");
    THIMBLE_POOLS(rows, kWasm, "wasm");
    return rows;
  }();
  return kRows;
}

}  // namespace thimble

#include <fmt/format.h>

#include "kernels/packing.h"
#include "kernels/simd.h"
#include "ops/binary.h"

namespace thimble {
namespace {

constexpr int kShift = kAddLeftShift - 1;  // the operand with the greater scale is halved

/// The sum as a layer of one channel whose bias is the largest sum.
Int8Layer sum_of(const Node& node, const Graph& graph, const AddScaling& scaling) {
  const TensorType& y = graph.type(node.out[0]);
  Int8Layer layer{.channels = 1,
                  .taps = 0,
                  .weights = {},
                  .bias = {2 * 255 * (1 << kShift)},
                  .multipliers = {scaling.out},
                  .out_zero = {y.quant.zero[0]},
                  .range = quantized_range(node.attrs.as<BinaryAttrs>().activation, y)};
  layer.exact_ties = layer.range.min < y.quant.zero[0];
  return layer;
}

AddScaling scaling_of_node(const Node& node, const Graph& graph) {
  return add_scaling(graph.type(node.in[0]), graph.type(node.in[1]), graph.type(node.out[0]));
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  constexpr int kLeastShift = -30;
  if (!dtype_is(graph, node, 0, DType::I8)) return "the operands are not int8";
  if (graph.type(node.in[0]).shape != graph.type(node.in[1]).shape) return "the shapes differ";
  const AddScaling scaling = scaling_of_node(node, graph);
  if (std::min(scaling.a.shift, scaling.b.shift) < kLeastShift) return "the operands' scales lie too far apart";
  return refuses_scaling(sum_of(node, graph, scaling));
}

Geometry::Field addend(const char* name, const TensorType& type, const Multiplier& m, int sign) {
  return {name, fmt::format("{{{}, {}, {}}}", type.quant.zero[0], c_literal(int64_t{sign * m.mantissa}), m.shift)};
}

template <const Simd& simd>
KernelCall lower(const Node& node, const Graph& graph) {
  const AddScaling scales = scaling_of_node(node, graph);
  Int8Layer sum = sum_of(node, graph, scales);
  const Int8Scaling scaling = scaling_of(sum, 31, 2);
  const std::vector<int64_t> lanes(static_cast<size_t>(simd.lanes), 0);
  std::vector<int32_t> words = simd_words(simd, sum, scaling, lanes);
  words.erase(words.begin(), words.begin() + simd.lanes);  // there is no bias
  return KernelCall("thimble_add_s8_simd")
      .input(0)
      .input(1)
      .output(0)
      .constant("words", words)
      .geometry("thimble_add_s8_simd_shape", {{"count", c_literal(graph.type(node.out[0]).elements())},
                                              addend("a", graph.type(node.in[0]), scales.a, 1),
                                              addend("b", graph.type(node.in[1]), scales.b, node.op->name == "sub" ? -1 : 1),
                                              simd_scaling_field(sum, scaling)});
}

template <const Simd& simd>
double cycles(const Node& node, const Graph& graph, const Board&) {
  return static_cast<double>(graph.type(node.out[0]).elements()) * 3 * simd.finish / simd.lanes + 10;
}

template <const Simd& simd>
Kernel row(std::string_view name, std::string_view op, std::string_view source) {
  return {.name = name,
          .source = source,
          .op = op,
          .needs = simd.needs,
          .refuses = refuses,
          .cycles = cycles<simd>,
          .lower = lower<simd>,
          .in_place = true};
}

constexpr std::string_view kOnAvx512 = "core/simd_avx512.h kernels/add_simd.h", kOnAvx2 = "core/simd_avx2.h kernels/add_simd.h",
                           kOnNeon = "core/simd_neon.h kernels/add_simd.h", kOnWasm = "core/simd_wasm.h kernels/add_simd.h";

}  // namespace

std::span<const Kernel> add_simd_kernels() {
  static const Kernel kRows[] = {row<kAvx512>("add_s8_avx512", "add", kOnAvx512), row<kAvx512>("sub_s8_avx512", "sub", kOnAvx512),
                                 row<kAvx2>("add_s8_avx2", "add", kOnAvx2),       row<kAvx2>("sub_s8_avx2", "sub", kOnAvx2),
                                 row<kNeon>("add_s8_neon", "add", kOnNeon),       row<kNeon>("sub_s8_neon", "sub", kOnNeon),
                                 row<kWasm>("add_s8_wasm", "add", kOnWasm),       row<kWasm>("sub_s8_wasm", "sub", kOnWasm)};
  return kRows;
}

}  // namespace thimble

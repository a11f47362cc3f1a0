#include "ops/quantize.h"

#include "kernels/kernel.h"
#include "kernels/overlap.h"
#include "kernels/packing.h"

namespace thimble {
namespace {

std::string_view suffix(DType dtype) { return dtype == DType::I8 ? "s8" : dtype == DType::U8 ? "u8" : "s16"; }

std::optional<std::string> refuses_quantize(const Node& node, const Graph& graph) {
  return refuse_unless({{dtype_is(graph, node, 0, DType::F32), "the input is not float"}});
}
std::optional<std::string> refuses_rescale(const Node& node, const Graph& graph) {
  return refuse_unless({{!dtype_is(graph, node, 0, DType::F32), "the input is float"}});
}
std::optional<std::string> refuses_dequantize(const Node& node, const Graph& graph) {
  return refuse_unless({{!dtype_is(graph, node, 0, DType::I32), "the input is int32; only a constant one can be dequantised"},
                        {!graph.type(node.in[0]).quant.per_channel(), "the input has a scale per channel; only a constant one may"}});
}

/// Element after element. Where neither side is made of bytes, C lets the compiler assume that they lie apart.
std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &y = graph.type(node.out[0]);
  const int64_t in = bytes_of(x.dtype), out = bytes_of(y.dtype);
  if (in != 1 && out != 1) return std::nullopt;
  return overlap_of_rows(x.elements(), in, out);
}

/// Between floats and the integers of `type`.
KernelCall lower_float(const char* verb, const TensorType& type) {
  return KernelCall(std::string("thimble_") + verb + "_" + std::string(suffix(type.dtype)))
      .input(0)
      .output(0)
      .geometry("thimble_quantize_shape", {{"count", c_literal(type.elements())},
                                           {"scale", c_literal(type.quant.scale[0])},
                                           {"zero", c_literal(int64_t{type.quant.zero[0]})}});
}
KernelCall lower_quantize(const Node& node, const Graph& graph) { return lower_float("quantize", graph.type(node.out[0])); }
KernelCall lower_dequantize(const Node& node, const Graph& graph) { return lower_float("dequantize", graph.type(node.in[0])); }

KernelCall lower_rescale(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &y = graph.type(node.out[0]);
  const Multiplier multiplier = rescaling(x, y);
  return KernelCall("thimble_rescale_" + std::string(suffix(x.dtype)) + "_" + std::string(suffix(y.dtype)))
      .input(0)
      .output(0)
      .geometry("thimble_rescale_shape", {{"count", c_literal(x.elements())},
                                          {"in_zero", c_literal(int64_t{x.quant.zero[0]})},
                                          {"mantissa", c_literal(int64_t{multiplier.mantissa})},
                                          {"shift", c_literal(int64_t{multiplier.shift})},
                                          {"out_zero", c_literal(int64_t{y.quant.zero[0]})}});
}

KernelCall lower_cast(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &y = graph.type(node.out[0]);
  return KernelCall("thimble_cast_" + std::string(name_of(x.dtype)) + "_" + std::string(name_of(y.dtype)))
      .input(0)
      .output(0)
      .geometry("thimble_cast_shape", {{"count", c_literal(x.elements())}});
}

}  // namespace

std::span<const Kernel> quantize_kernels() {
  static const Kernel kRows[] = {{.name = "quantize_ref",
                                  .source = "kernels/quantize_ref.h",
                                  .op = "quantize",
                                  .refuses = refuses_quantize,
                                  .cycles = cycles_per_output<30>,
                                  .lower = lower_quantize,
                                  .overlap = overlap},
                                 {.name = "rescale_ref",
                                  .source = "kernels/quantize_ref.h",
                                  .op = "quantize",
                                  .refuses = refuses_rescale,
                                  .cycles = cycles_per_output<15>,
                                  .lower = lower_rescale,
                                  .in_place = true},
                                 {.name = "dequantize_ref",
                                  .source = "kernels/quantize_ref.h",
                                  .op = "dequantize",
                                  .refuses = refuses_dequantize,
                                  .cycles = cycles_per_output<10>,
                                  .lower = lower_dequantize,
                                  .overlap = overlap},
                                 {.name = "cast_ref",
                                  .source = "kernels/cast_ref.h",
                                  .op = "cast",
                                  .cycles = cycles_per_output<8>,
                                  .lower = lower_cast,
                                  .in_place = true}};
  return kRows;
}

}  // namespace thimble

#include "ops/fully_connected.h"

#include "kernels/kernel.h"
#include "kernels/packing.h"

namespace thimble {
namespace {

std::optional<std::string> refuses_s8(const Node& node, const Graph& graph) {
  return refuse_unless({{dtype_is(graph, node, 0, DType::I8), "the input is not int8"},
                        {dtype_is(graph, node, 1, DType::I8) && is_constant(graph, node, 1), "the weights are not int8 constants"},
                        {bias_is_constant(graph, node), "the bias is not constant"}});
}

std::optional<std::string> refuses_f32(const Node& node, const Graph& graph) {
  return refuse_unless({{dtype_is(graph, node, 0, DType::F32), "the input is not float"},
                        {dtype_is(graph, node, 1, DType::F32) && is_constant(graph, node, 1), "the weights are not float constants"},
                        {bias_is_constant(graph, node), "the bias is not constant"}});
}

KernelCall lower_s8(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]), &y = graph.type(node.out[0]);
  const int64_t units = w.shape[0], features = w.shape[1];
  const int32_t w_zero = w.quant.zero[0];
  const auto range = quantized_range(node.attrs.as<FullyConnectedAttrs>().activation, y);
  const auto weights = constant_values<int8_t>(graph, node.in[1]);
  const SplitMultipliers split = split_multipliers(channel_multipliers(x, w, y, units));
  return KernelCall("thimble_fully_connected_s8")
      .input(0)
      .output(0)
      .constant("weights", weights)
      .constant("bias", bias_with_zero_point(graph, node, units, x.quant.zero[0], w_zero))
      .constant("multipliers", split.mantissas)
      .constant("shifts", split.shifts)
      .geometry("thimble_fully_connected_s8_shape", {{"rows", c_literal(x.elements() / features)},
                                                     {"units", c_literal(units)},
                                                     {"features", c_literal(features)},
                                                     {"weight_zero", c_literal(int64_t{w_zero})},
                                                     {"out_zero", c_literal(int64_t{y.quant.zero[0]})},
                                                     {"out_min", c_literal(int64_t{range.min})},
                                                     {"out_max", c_literal(int64_t{range.max})}});
}

KernelCall lower_f32(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]);
  const int64_t units = w.shape[0], features = w.shape[1];
  const FloatRange range = float_range(node.attrs.as<FullyConnectedAttrs>().activation);
  return KernelCall("thimble_fully_connected_f32")
      .input(0)
      .output(0)
      .constant("weights", constant_values<float>(graph, node.in[1]))
      .constant("bias", bias_or_zeros<float>(graph, node, units))
      .geometry("thimble_fully_connected_f32_shape", {{"rows", c_literal(x.elements() / features)},
                                                      {"units", c_literal(units)},
                                                      {"features", c_literal(features)},
                                                      {"out_min", c_literal(range.min)},
                                                      {"out_max", c_literal(range.max)}});
}

}  // namespace

std::span<const Kernel> fully_connected_kernels() {
  static const Kernel kRows[] = {{.name = "fully_connected_s8_ref",
                                  .source = "kernels/fully_connected_ref.h",
                                  .op = "fully_connected",
                                  .refuses = refuses_s8,
                                  .cycles = cycles_per_mac<12>,
                                  .lower = lower_s8},
                                 {.name = "fully_connected_f32_ref",
                                  .source = "kernels/fully_connected_ref.h",
                                  .op = "fully_connected",
                                  .refuses = refuses_f32,
                                  .cycles = cycles_per_mac<12>,
                                  .lower = lower_f32}};
  return kRows;
}

}  // namespace thimble

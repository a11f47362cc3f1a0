#include "ops/fully_connected.h"

#include "kernels/int16_layer.h"
#include "kernels/kernel.h"
#include "kernels/overlap.h"
#include "kernels/weighted.h"

namespace thimble {
namespace {

std::optional<std::string> refuses_f32_s8w(const Node& node, const Graph& graph) { return refuses_hybrid(node, graph, 0); }

KernelCall lower_s8(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]), &y = graph.type(node.out[0]);
  const int64_t units = w.shape[0], features = w.shape[1];
  const int32_t w_zero = w.quant.zero[0];
  const auto range = quantized_range(node.attrs.as<FullyConnectedAttrs>().activation, y);
  const auto weights = constant_values<int8_t>(graph, node.in[1]);
  const SplitMultipliers split = split_multipliers(fully_connected_multipliers(x, w, y));
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

KernelCall lower_s16(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  const Int16Layer layer = fully_connected_int16_layer(node, graph);
  return KernelCall("thimble_fully_connected_s16")
      .input(0)
      .output(0)
      .constant("weights", constant_values<int8_t>(graph, node.in[1]))
      .constant("scaling", wide_scaling(layer))
      .geometry("thimble_fully_connected_s16_shape", {{"rows", c_literal(graph.type(node.in[0]).elements() / w.shape[1])},
                                                      {"units", c_literal(w.shape[0])},
                                                      {"features", c_literal(w.shape[1])},
                                                      {"weight_zero", c_literal(int64_t{w.quant.zero[0]})},
                                                      {"out_min", c_literal(int64_t{layer.range.min})},
                                                      {"out_max", c_literal(int64_t{layer.range.max})}});
}

/// A row is read until its last unit.
std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]);
  const int64_t element = bytes_of(x.dtype), units = w.shape[0], features = w.shape[1];
  return overlap_of_rows(x.elements() / features, element * features, element * units, element * (units - 1));
}

std::vector<Geometry::Field> float_fields(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]);
  const FloatRange range = float_range(node.attrs.as<FullyConnectedAttrs>().activation);
  return {{"rows", c_literal(x.elements() / w.shape[1])},
          {"units", c_literal(w.shape[0])},
          {"features", c_literal(w.shape[1])},
          {"out_min", c_literal(range.min)},
          {"out_max", c_literal(range.max)}};
}

KernelCall lower_f32(const Node& node, const Graph& graph) {
  return KernelCall("thimble_fully_connected_f32")
      .input(0)
      .output(0)
      .constant("weights", constant_values<float>(graph, node.in[1]))
      .constant("bias", bias_or_zeros<float>(graph, node, graph.type(node.in[1]).shape[0]))
      .geometry("thimble_fully_connected_f32_shape", float_fields(node, graph));
}

KernelCall lower_f32_s8w(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return KernelCall("thimble_fully_connected_f32_s8w")
      .input(0)
      .output(0)
      .constant("weights", constant_values<int8_t>(graph, node.in[1]))
      .constant("scales", channel_scales(w, w.shape[0]))
      .constant("bias", bias_or_zeros<float>(graph, node, w.shape[0]))
      .geometry("thimble_fully_connected_f32_shape", float_fields(node, graph));
}

double cycles_s16(const Node& node, const Graph& graph, const Board& board) { return reference_cycles(node, graph, board, 12); }
double cycles_s8(const Node& node, const Graph& graph, const Board& board) { return reference_cycles(node, graph, board, 12); }

}  // namespace

std::span<const Kernel> fully_connected_kernels() {
  static const Kernel kRows[] = {{.name = "fully_connected_s8_ref",
                                  .source = "kernels/fully_connected_ref.h",
                                  .op = "fully_connected",
                                  .refuses = refuses_weighted<DType::I8, DType::I8>,
                                  .cycles = cycles_s8,
                                  .lower = lower_s8,
                                  .overlap = overlap},
                                 {.name = "fully_connected_s16_ref",
                                  .source = "kernels/fully_connected_ref.h",
                                  .op = "fully_connected",
                                  .refuses = refuses_int16,
                                  .cycles = cycles_s16,
                                  .lower = lower_s16,
                                  .overlap = overlap},
                                 {.name = "fully_connected_f32_ref",
                                  .source = "kernels/fully_connected_ref.h",
                                  .op = "fully_connected",
                                  .refuses = refuses_weighted<DType::F32, DType::F32>,
                                  .cycles = cycles_per_mac<12>,
                                  .lower = lower_f32,
                                  .overlap = overlap},
                                 {.name = "fully_connected_f32_s8w_ref",
                                  .source = "kernels/fully_connected_ref.h",
                                  .op = "fully_connected",
                                  .refuses = refuses_f32_s8w,
                                  .cycles = cycles_per_mac<14>,
                                  .lower = lower_f32_s8w,
                                  .overlap = overlap}};
  return kRows;
}

}  // namespace thimble

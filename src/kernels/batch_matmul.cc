#include "ops/batch_matmul.h"

#include "kernels/weighted.h"
#include "kernels/window2d.h"
#include "ops/fully_connected.h"
#include "ops/weights.h"

namespace thimble {
namespace {

template <DType dtype>
std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  for (size_t i = 0; i < 2; ++i)
    if (!dtype_is(graph, node, i, dtype)) return "an operand is not " + std::string(name_of(dtype));
  if (dtype == DType::I8)
    for (ValueId id : {node.in[0], node.in[1], node.out[0]})
      if (!graph.type(id).quant.quantised()) return "'" + graph.value(id).name + "' is int8 without a scale";
  return std::nullopt;
}

/// A fully connected layer whose weights are computed as well is a product with a transposed right matrix.
template <DType dtype>
std::optional<std::string> refuses_dense(const Node& node, const Graph& graph) {
  if (auto reason = refuses<dtype>(node, graph)) return reason;
  if (is_constant(graph, node, 1)) return "the weights are constant: the other kernels fold their zero point";
  if (graph.type(node.in[1]).quant.per_channel()) return "weights that are computed cannot have a scale per unit";
  return refuse_unless({{bias_is_constant(graph, node), "the bias is not constant"}});
}

Fields product_fields(const MatrixProduct& p, bool x_const, bool y_const) {
  Fields fields;
  append(fields, {{"batch0", p.batch[0]},
                  {"batch1", p.batch[1]},
                  {"batch2", p.batch[2]},
                  {"x_batch0", p.x_batch[0]},
                  {"x_batch1", p.x_batch[1]},
                  {"x_batch2", p.x_batch[2]},
                  {"y_batch0", p.y_batch[0]},
                  {"y_batch1", p.y_batch[1]},
                  {"y_batch2", p.y_batch[2]},
                  {"rows", p.rows},
                  {"columns", p.columns},
                  {"depth", p.depth},
                  {"x_row", p.x_row},
                  {"x_k", p.x_k},
                  {"y_column", p.y_column},
                  {"y_k", p.y_k},
                  {"x_const", x_const},
                  {"y_const", y_const}});
  return fields;
}

MatrixProduct product_of(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &y = graph.type(node.in[1]);
  if (node.op->name == "batch_matmul") return lay_product(node.attrs.as<BatchMatmulAttrs>(), x, y);
  const TensorType rows{x.dtype, {x.elements() / y.shape[1], y.shape[1]}, {}};
  return lay_product({.adj_y = true}, rows, y);
}

Activation activation_of(const Node& node) {
  return node.op->name == "batch_matmul" ? Activation::None : node.attrs.as<FullyConnectedAttrs>().activation;
}

template <class T>
KernelCall& with_bias(KernelCall& call, const Node& node, const Graph& graph) {
  return present(node, 2) ? call.constant("bias", constant_values<T>(graph, node.in[2])) : call.input(2);
}

KernelCall lower_s8(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &y = graph.type(node.in[1]), &z = graph.type(node.out[0]);
  const Multiplier multiplier = tensor_multiplier(x, y, z);
  const IntRange range = quantized_range(activation_of(node), z);
  Fields fields = product_fields(product_of(node, graph), is_constant(graph, node, 0), is_constant(graph, node, 1));
  append(fields, {{"x_zero", x.quant.zero[0]},
                  {"y_zero", y.quant.zero[0]},
                  {"out_zero", z.quant.zero[0]},
                  {"mantissa", multiplier.mantissa},
                  {"shift", multiplier.shift},
                  {"out_min", range.min},
                  {"out_max", range.max}});
  KernelCall call("thimble_batch_matmul_s8");
  return with_bias<int32_t>(call.input(0).input(1).output(0), node, graph).geometry("thimble_batch_matmul_s8_shape", std::move(fields));
}

KernelCall lower_f32(const Node& node, const Graph& graph) {
  Fields fields = product_fields(product_of(node, graph), is_constant(graph, node, 0), is_constant(graph, node, 1));
  append_range(fields, activation_of(node));
  KernelCall call("thimble_batch_matmul_f32");
  return with_bias<float>(call.input(0).input(1).output(0), node, graph).geometry("thimble_batch_matmul_f32_shape", std::move(fields));
}

constexpr Kernel row(std::string_view name, std::string_view op, decltype(Kernel::refuses) refuses, decltype(Kernel::lower) lower) {
  return {.name = name, .source = "kernels/batch_matmul_ref.h", .op = op, .refuses = refuses, .cycles = cycles_per_mac<16>, .lower = lower};
}

}  // namespace

std::span<const Kernel> batch_matmul_kernels() {
  static const Kernel kRows[] = {row("batch_matmul_s8_ref", "batch_matmul", refuses<DType::I8>, lower_s8),
                                 row("batch_matmul_f32_ref", "batch_matmul", refuses<DType::F32>, lower_f32),
                                 row("fully_connected_computed_s8_ref", "fully_connected", refuses_dense<DType::I8>, lower_s8),
                                 row("fully_connected_computed_f32_ref", "fully_connected", refuses_dense<DType::F32>, lower_f32)};
  return kRows;
}

}  // namespace thimble

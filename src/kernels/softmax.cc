#include "ops/softmax.h"

#include "kernels/kernel.h"
#include "kernels/packing.h"

namespace thimble {
namespace {

constexpr std::string_view kSource = "kernels/softmax_ref.h";

template <DType kIn, DType kOut>
std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (!dtype_is(graph, node, 0, kIn)) return "the input is not " + std::string(name_of(kIn));
  if (graph.type(node.out[0]).dtype != kOut) return "the output is not " + std::string(name_of(kOut));
  return std::nullopt;
}

std::vector<Geometry::Field> rows_and_depth(const TensorType& x) {
  return {{"rows", c_literal(x.elements() / x.shape.back())}, {"depth", c_literal(x.shape.back())}};
}

std::vector<Geometry::Field> int8_fields(const TensorType& x, const SoftmaxScaling& scaling) {
  std::vector<Geometry::Field> fields = rows_and_depth(x);
  fields.push_back({"mantissa", c_literal(int64_t{scaling.multiplier.mantissa})});
  fields.push_back({"shift", c_literal(int64_t{scaling.multiplier.shift})});
  fields.push_back({"diff_min", c_literal(int64_t{scaling.diff_min})});
  return fields;
}

KernelCall lower_softmax_s8(const Node& node, const Graph& graph) {
  const TensorType& x = graph.type(node.in[0]);
  const bool wide = graph.type(node.out[0]).dtype == DType::I16;
  return KernelCall(wide ? "thimble_softmax_s8_s16" : "thimble_softmax_s8")
      .input(0)
      .output(0)
      .geometry("thimble_softmax_s8_shape", int8_fields(x, softmax_scaling(node.attrs.as<SoftmaxAttrs>().beta, x)));
}

KernelCall lower_softmax_s16(const Node& node, const Graph& graph) {
  const TensorType& x = graph.type(node.in[0]);
  const Multiplier multiplier = softmax_scaling_int16(node.attrs.as<SoftmaxAttrs>().beta, x);
  std::vector<Geometry::Field> fields = rows_and_depth(x);
  fields.push_back({"mantissa", c_literal(int64_t{multiplier.mantissa})});
  fields.push_back({"shift", c_literal(int64_t{multiplier.shift})});
  return KernelCall("thimble_softmax_s16")
      .input(0)
      .output(0)
      .constant("exps", softmax_exp_table())
      .constant("reciprocals", softmax_reciprocal_table())
      .geometry("thimble_softmax_s16_shape", std::move(fields));
}

KernelCall lower_log_softmax_s8(const Node& node, const Graph& graph) {
  const TensorType& x = graph.type(node.in[0]);
  const SoftmaxScaling scaling = softmax_scaling(1, x);
  const Multiplier reverse = log_softmax_reverse(scaling);
  std::vector<Geometry::Field> fields = int8_fields(x, scaling);
  fields.push_back({"reverse_mantissa", c_literal(int64_t{reverse.mantissa})});
  fields.push_back({"reverse_shift", c_literal(int64_t{reverse.shift})});
  return KernelCall("thimble_log_softmax_s8").input(0).output(0).geometry("thimble_log_softmax_s8_shape", std::move(fields));
}

KernelCall lower_f32(const char* function, float beta, const Node& node, const Graph& graph) {
  std::vector<Geometry::Field> fields = rows_and_depth(graph.type(node.in[0]));
  fields.push_back({"beta", c_literal(beta)});
  return KernelCall(function).input(0).output(0).geometry("thimble_softmax_f32_shape", std::move(fields));
}
KernelCall lower_softmax_f32(const Node& node, const Graph& graph) {
  return lower_f32("thimble_softmax_f32", static_cast<float>(node.attrs.as<SoftmaxAttrs>().beta), node, graph);
}
KernelCall lower_log_softmax_f32(const Node& node, const Graph& graph) { return lower_f32("thimble_log_softmax_f32", 1, node, graph); }

}  // namespace

std::span<const Kernel> softmax_kernels() {
  static const Kernel kRows[] = {{.name = "softmax_s8_ref",
                                  .source = kSource,
                                  .op = "softmax",
                                  .refuses = refuses<DType::I8, DType::I8>,
                                  .cycles = cycles_per_output<300>,
                                  .lower = lower_softmax_s8,
                                  .in_place = true},
                                 {.name = "softmax_s8_s16_ref",
                                  .source = kSource,
                                  .op = "softmax",
                                  .refuses = refuses<DType::I8, DType::I16>,
                                  .cycles = cycles_per_output<300>,
                                  .lower = lower_softmax_s8},
                                 {.name = "softmax_s16_ref",
                                  .source = "kernels/softmax_s16_ref.h",
                                  .op = "softmax",
                                  .refuses = refuses<DType::I16, DType::I16>,
                                  .cycles = cycles_per_output<80>,
                                  .lower = lower_softmax_s16,
                                  .in_place = true},
                                 {.name = "softmax_f32_ref",
                                  .source = kSource,
                                  .op = "softmax",
                                  .refuses = refuses<DType::F32, DType::F32>,
                                  .cycles = cycles_per_output<120>,
                                  .lower = lower_softmax_f32,
                                  .in_place = true},
                                 {.name = "log_softmax_s8_ref",
                                  .source = kSource,
                                  .op = "log_softmax",
                                  .refuses = refuses<DType::I8, DType::I8>,
                                  .cycles = cycles_per_output<200>,
                                  .lower = lower_log_softmax_s8,
                                  .in_place = true},
                                 {.name = "log_softmax_f32_ref",
                                  .source = kSource,
                                  .op = "log_softmax",
                                  .refuses = refuses<DType::F32, DType::F32>,
                                  .cycles = cycles_per_output<120>,
                                  .lower = lower_log_softmax_f32,
                                  .in_place = true}};
  return kRows;
}

}  // namespace thimble

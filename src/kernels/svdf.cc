#include "ops/svdf.h"

#include "kernels/window2d.h"

namespace thimble {
namespace {

constexpr size_t kBias = 3, kState = 4;

template <DType dtype>
std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (!dtype_is(graph, node, 0, dtype)) return "the input is not " + std::string(name_of(dtype));
  if (dtype == DType::I8 && !(graph.type(node.in[0]).quant.quantised() && graph.type(node.out[0]).quant.quantised()))
    return "the input or the output is int8 without a scale";
  return refuse_unless({{is_constant(graph, node, 1) && is_constant(graph, node, 2), "the weights are not constant"},
                        {!present(node, kBias) || is_constant(graph, node, kBias), "the bias is not constant"},
                        {graph.value(node.in[kState]).state, "the state does not outlive a run"},
                        {!is_constant(graph, node, 0), "the input is a constant, which this kernel cannot read from flash"}});
}

template <class T>
std::vector<T> bias_of(const Node& node, const Graph& graph, int64_t units) {
  if (!present(node, kBias)) return std::vector<T>(static_cast<size_t>(units));
  const auto bias = constant_values<T>(graph, node.in[kBias]);
  return {bias.begin(), bias.end()};
}

Fields shape_fields(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &y = graph.type(node.out[0]);
  Fields fields;
  append(fields, {{"batches", x.shape[0]},
                  {"features", x.shape[1]},
                  {"units", y.shape[1]},
                  {"rank", node.attrs.as<SvdfAttrs>().rank},
                  {"memory", graph.type(node.in[2]).shape[1]}});
  return fields;
}

KernelCall lower_s8(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &feature = graph.type(node.in[1]), &y = graph.type(node.out[0]);
  const SvdfMultipliers by = svdf_multipliers(x, feature, graph.type(node.in[2]), graph.type(node.in[kState]), y);
  Fields fields = shape_fields(node, graph);
  append(fields, {{"state_mantissa", by.state.mantissa},
                  {"state_shift", by.state.shift},
                  {"out_mantissa", by.output.mantissa},
                  {"out_shift", by.output.shift},
                  {"out_zero", y.quant.zero[0]}});
  const Node without_bias{node.op, node.name, {node.in[0], node.in[1]}, node.out, node.attrs};
  return KernelCall("thimble_svdf_s8")
      .input(0)
      .input(kState)
      .output(0)
      .constant("weights_feature", constant_values<int8_t>(graph, node.in[1]))
      .constant("feature_bias", bias_with_zero_point(graph, without_bias, feature.shape[0], x.quant.zero[0], 0))
      .constant("weights_time", constant_values<int16_t>(graph, node.in[2]))
      .constant("bias", bias_of<int32_t>(node, graph, y.shape[1]))
      .geometry("thimble_svdf_s8_shape", std::move(fields));
}

KernelCall lower_f32(const Node& node, const Graph& graph) {
  Fields fields = shape_fields(node, graph);
  append_range(fields, node.attrs.as<SvdfAttrs>().activation);
  return KernelCall("thimble_svdf_f32")
      .input(0)
      .input(kState)
      .output(0)
      .constant("weights_feature", constant_values<float>(graph, node.in[1]))
      .constant("weights_time", constant_values<float>(graph, node.in[2]))
      .constant("bias", bias_of<float>(node, graph, graph.type(node.out[0]).shape[1]))
      .geometry("thimble_svdf_f32_shape", std::move(fields));
}

}  // namespace

std::span<const Kernel> svdf_kernels() {
  static const Kernel kRows[] = {{.name = "svdf_s8_ref",
                                  .source = "kernels/svdf_ref.h",
                                  .op = "svdf",
                                  .refuses = refuses<DType::I8>,
                                  .cycles = cycles_per_mac<10>,
                                  .lower = lower_s8},
                                 {.name = "svdf_f32_ref",
                                  .source = "kernels/svdf_ref.h",
                                  .op = "svdf",
                                  .refuses = refuses<DType::F32>,
                                  .cycles = cycles_per_mac<12>,
                                  .lower = lower_f32}};
  return kRows;
}

}  // namespace thimble

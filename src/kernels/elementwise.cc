#include "ops/elementwise.h"

#include <array>

#include "kernels/kernel.h"
#include "kernels/packing.h"
#include "ops/int16_functions.h"
#include "ops/ops.h"

namespace thimble {
namespace {

constexpr std::string_view kSource = "kernels/elementwise_ref.h";

/// The int8 results of all 256 inputs, in the order of their bytes; made by the op's own `eval`.
std::vector<int8_t> lookup_table(const Node& node, const Graph& graph) {
  std::array<int8_t, 256> inputs;
  std::vector<int8_t> outputs(256);
  for (size_t i = 0; i < inputs.size(); ++i) inputs[i] = static_cast<int8_t>(i);
  const TensorType in{DType::I8, {256}, graph.type(node.in[0]).quant}, out{DType::I8, {256}, graph.type(node.out[0]).quant};
  const TensorView from{&in, reinterpret_cast<std::byte*>(inputs.data())}, to{&out, reinterpret_cast<std::byte*>(outputs.data())};
  node.op->eval(node.attrs, {&from, 1}, {&to, 1});
  return outputs;
}

template <DType kDType>
std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (dtype_is(graph, node, 0, kDType)) return std::nullopt;
  return "the input is not " + std::string(name_of(kDType));
}

KernelCall lower_lookup(const Node& node, const Graph& graph) {
  return KernelCall("thimble_lookup_s8")
      .input(0)
      .output(0)
      .constant("table", lookup_table(node, graph))
      .geometry("thimble_elementwise_shape", {{"count", c_literal(graph.type(node.in[0]).elements())}});
}

KernelCall lower_f32(const Node& node, const Graph& graph) {
  const bool gelu_by_tanh = node.op->name == "gelu" && node.attrs.as<GeluAttrs>().approximate;
  const float parameter = node.op->name == "leaky_relu" ? static_cast<float>(node.attrs.as<LeakyReluAttrs>().alpha) : 0.0f;
  return KernelCall("thimble_" + std::string(node.op->name) + (gelu_by_tanh ? "_tanh_f32" : "_f32"))
      .input(0)
      .output(0)
      .geometry("thimble_elementwise_f32_shape",
                {{"count", c_literal(graph.type(node.in[0]).elements())}, {"parameter", c_literal(parameter)}});
}

KernelCall lower_s32(const Node& node, const Graph& graph) {
  return KernelCall("thimble_" + std::string(node.op->name) + "_s32")
      .input(0)
      .output(0)
      .geometry("thimble_elementwise_shape", {{"count", c_literal(graph.type(node.in[0]).elements())}});
}

KernelCall lower_rescaled_s16(const Node& node, const Graph& graph) {
  const RescalingInt16 to = rescaling_int16(node.op->name, node.attrs, graph.type(node.in[0]), graph.type(node.out[0]));
  return KernelCall("thimble_rescale_clamp_s16")
      .input(0)
      .output(0)
      .geometry("thimble_rescale_clamp_s16_shape", {{"count", c_literal(graph.type(node.in[0]).elements())},
                                                    {"below_mantissa", c_literal(int64_t{to.below.mantissa})},
                                                    {"below_shift", c_literal(int64_t{to.below.shift})},
                                                    {"mantissa", c_literal(int64_t{to.above.mantissa})},
                                                    {"shift", c_literal(int64_t{to.above.shift})},
                                                    {"out_min", c_literal(int64_t{to.range.min})},
                                                    {"out_max", c_literal(int64_t{to.range.max})}});
}

KernelCall lower_sigmoid_s16(const Node& node, const Graph& graph) {
  const SigmoidScaling scaling = sigmoid_scaling(node.op->name, graph.type(node.in[0]), graph.type(node.out[0]));
  return KernelCall("thimble_" + std::string(node.op->name) + "_s16")
      .input(0)
      .output(0)
      .constant("table", sigmoid_table())
      .geometry("thimble_sigmoid_s16_shape", {{"count", c_literal(graph.type(node.in[0]).elements())},
                                              {"multiplier", c_literal(int64_t{scaling.multiplier})},
                                              {"shift", c_literal(int64_t{scaling.shift})}});
}

struct Row {
  std::string_view op, float_name;
  double (*float_cycles)(const Node&, const Graph&, const Board&);
  std::string_view lookup_name;
  std::string_view int32_name = "";
};

#define NAMES(op) op, op "_f32_ref"
constexpr Row kOps[] = {
    {NAMES("relu"), cycles_per_output<8>, "relu_s8_lookup"},
    {NAMES("relu6"), cycles_per_output<10>, "relu6_s8_lookup"},
    {NAMES("relu_n1_to_1"), cycles_per_output<10>, "relu_n1_to_1_s8_lookup"},
    {NAMES("relu_0_to_1"), cycles_per_output<10>, "relu_0_to_1_s8_lookup"},
    {NAMES("leaky_relu"), cycles_per_output<10>, "leaky_relu_s8_lookup"},
    {NAMES("logistic"), cycles_per_output<80>, "logistic_s8_lookup"},
    {NAMES("tanh"), cycles_per_output<80>, "tanh_s8_lookup"},
    {NAMES("hard_swish"), cycles_per_output<25>, "hard_swish_s8_lookup"},
    {NAMES("elu"), cycles_per_output<60>, "elu_s8_lookup"},
    {NAMES("gelu"), cycles_per_output<120>, "gelu_s8_lookup"},
    {NAMES("exp"), cycles_per_output<60>, "exp_s8_lookup"},
    {NAMES("log"), cycles_per_output<70>, "log_s8_lookup"},
    {NAMES("sin"), cycles_per_output<120>, "sin_s8_lookup"},
    {NAMES("cos"), cycles_per_output<120>, "cos_s8_lookup"},
    {NAMES("sqrt"), cycles_per_output<20>, "sqrt_s8_lookup"},
    {NAMES("rsqrt"), cycles_per_output<35>, "rsqrt_s8_lookup"},
    {NAMES("square"), cycles_per_output<7>, "square_s8_lookup", "square_s32_ref"},
    {NAMES("abs"), cycles_per_output<7>, "abs_s8_lookup", "abs_s32_ref"},
    {NAMES("neg"), cycles_per_output<7>, "neg_s8_lookup", "neg_s32_ref"},
    {NAMES("floor"), cycles_per_output<15>, "floor_s8_lookup"},
    {NAMES("ceil"), cycles_per_output<17>, "ceil_s8_lookup"},
    {NAMES("round"), cycles_per_output<20>, "round_s8_lookup"},
};
#undef NAMES

}  // namespace

std::span<const Kernel> elementwise_kernels() {
  static const std::vector<Kernel> kRows = [] {
    std::vector<Kernel> rows;
    const auto add = [&](std::string_view name, std::string_view op, auto refusal, auto cycles, auto lower) {
      rows.push_back({.name = name, .source = kSource, .op = op, .refuses = refusal, .cycles = cycles, .lower = lower, .in_place = true});
    };
    const auto add_s16 = [&](std::string_view name, std::string_view op, auto lower) {
      rows.push_back({.name = name,
                      .source = "kernels/elementwise_s16_ref.h",
                      .op = op,
                      .refuses = refuses<DType::I16>,
                      .cycles = cycles_per_output<20>,
                      .lower = lower,
                      .in_place = true});
    };
    add_s16("relu_s16_ref", "relu", lower_rescaled_s16);
    add_s16("relu6_s16_ref", "relu6", lower_rescaled_s16);
    add_s16("leaky_relu_s16_ref", "leaky_relu", lower_rescaled_s16);
    add_s16("logistic_s16_ref", "logistic", lower_sigmoid_s16);
    add_s16("tanh_s16_ref", "tanh", lower_sigmoid_s16);
    for (const Row& row : kOps) {
      add(row.lookup_name, row.op, refuses<DType::I8>, cycles_per_output<6>, lower_lookup);
      add(row.float_name, row.op, refuses<DType::F32>, row.float_cycles, lower_f32);
      if (!row.int32_name.empty()) add(row.int32_name, row.op, refuses<DType::I32>, cycles_per_output<5>, lower_s32);
    }
    return rows;
  }();
  return kRows;
}

}  // namespace thimble

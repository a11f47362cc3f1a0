#include "ops/lstm.h"

#include "kernels/window2d.h"

namespace thimble {
namespace {

using At = LstmOperands;

template <DType dtype>
std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (!dtype_is(graph, node, At::input, dtype)) return "the input is not " + std::string(name_of(dtype));
  if (dtype == DType::I8 && !(graph.type(node.in[At::input]).quant.quantised() && graph.type(node.out[0]).quant.quantised()))
    return "the input or the output is int8 without a scale";
  for (size_t i = At::input_weights; i < At::output_state; ++i)
    if (!is_constant(graph, node, i)) return "a weight or a bias is not constant";
  return refuse_unless(
      {{graph.value(node.in[At::output_state]).state && graph.value(node.in[At::cell_state]).state, "a state does not outlive a run"},
       {!is_constant(graph, node, At::input), "the input is a constant, which this kernel cannot read from flash"}});
}

/// Four operands, one after another.
template <class T>
std::vector<T> joined(const Node& node, const Graph& graph, size_t first) {
  std::vector<T> all;
  for (size_t g = 0; g < 4; ++g) {
    const auto one = constant_values<T>(graph, node.in[first + g]);
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

/// Biases (zeros without `bias`) of the four gates with the zero point of what the weights are multiplied by folded in.
std::vector<int32_t> folded(const Node& node, const Graph& graph, size_t weights, bool bias, size_t operand) {
  std::vector<int32_t> all;
  for (size_t g = 0; g < 4; ++g) {
    Node gate{node.op, node.name, {node.in[operand], node.in[weights + g]}, node.out, node.attrs};
    if (bias) gate.in.push_back(node.in[At::bias + g]);
    const int64_t cells = graph.type(node.in[weights + g]).shape[0];
    const auto one = bias_with_zero_point(graph, gate, cells, graph.type(node.in[operand]).quant.zero[0], 0);
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

Fields shape_fields(const Node& node, const Graph& graph) {
  const LstmSizes n = lstm_sizes(node.attrs.as<LstmAttrs>(), input_views(graph, node));
  Fields fields;
  append(fields, {{"batches", n.batches},
                  {"steps", n.steps},
                  {"features", n.features},
                  {"cells", n.cells},
                  {"batch_step", n.batch_step},
                  {"time_step", n.time_step}});
  return fields;
}

KernelCall lower_s8(const Node& node, const Graph& graph) {
  const LstmScales s = lstm_scales(node.attrs.as<LstmAttrs>(), input_views(graph, node));
  std::vector<Multiplier> multipliers(s.input.begin(), s.input.end());
  multipliers.insert(multipliers.end(), s.recurrent.begin(), s.recurrent.end());
  const SplitMultipliers split = split_multipliers(multipliers);
  Fields fields = shape_fields(node, graph);
  append(fields, {{"hidden_mantissa", s.hidden.mantissa},
                  {"hidden_shift", s.hidden.shift},
                  {"hidden_zero", s.hidden_zero},
                  {"cell_bits", s.cell_bits},
                  {"cell_clip", s.cell_clip}});
  return KernelCall("thimble_lstm_s8")
      .input(At::input)
      .input(At::output_state)
      .input(At::cell_state)
      .output(0)
      .constant("weights", joined<int8_t>(node, graph, At::input_weights))
      .constant("recurrent", joined<int8_t>(node, graph, At::recurrent_weights))
      .constant("bias", folded(node, graph, At::input_weights, true, At::input))
      .constant("recurrent_bias", folded(node, graph, At::recurrent_weights, false, At::output_state))
      .constant("multipliers", split.mantissas)
      .constant("shifts", split.shifts)
      .geometry("thimble_lstm_s8_shape", std::move(fields));
}

KernelCall lower_f32(const Node& node, const Graph& graph) {
  Fields fields = shape_fields(node, graph);
  fields.push_back({"cell_clip", c_literal(static_cast<float>(node.attrs.as<LstmAttrs>().cell_clip))});
  return KernelCall("thimble_lstm_f32")
      .input(At::input)
      .input(At::output_state)
      .input(At::cell_state)
      .output(0)
      .constant("weights", joined<float>(node, graph, At::input_weights))
      .constant("recurrent", joined<float>(node, graph, At::recurrent_weights))
      .constant("bias", joined<float>(node, graph, At::bias))
      .geometry("thimble_lstm_f32_shape", std::move(fields));
}

}  // namespace

std::span<const Kernel> lstm_kernels() {
  static const Kernel kRows[] = {{.name = "lstm_s8_ref",
                                  .source = "kernels/lstm_ref.h",
                                  .op = "lstm",
                                  .refuses = refuses<DType::I8>,
                                  .cycles = cycles_per_mac<10>,
                                  .lower = lower_s8},
                                 {.name = "lstm_f32_ref",
                                  .source = "kernels/lstm_ref.h",
                                  .op = "lstm",
                                  .refuses = refuses<DType::F32>,
                                  .cycles = cycles_per_mac<12>,
                                  .lower = lower_f32}};
  return kRows;
}

}  // namespace thimble

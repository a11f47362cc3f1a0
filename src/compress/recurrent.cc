#include "compress/recurrent.h"

#include <algorithm>
#include <cmath>

#include "ops/lstm.h"
#include "ops/weights.h"

namespace thimble {
namespace {

using At = LstmOperands;
constexpr size_t kSvdfTime = 2, kSvdfBias = 3, kSvdfState = 4;

float magnitude(Range range) { return std::max(std::abs(range.low), std::abs(range.high)); }

std::vector<float> reals(const Graph& graph, ValueId id) { return real_values(input_views(graph, {nullptr, "", {id}, {}, {}})[0]); }

QuantisedOperand int8_weights(const Graph& graph, ValueId id) {
  const Shape& shape = graph.type(id).shape;
  const std::vector<float> weights = reals(graph, id);
  const Quant quant = weight_quant(weights, shape, -1);
  return {{DType::I8, shape, quant}, bytes_from<int8_t>(weight_codes(weights, shape, quant))};
}

QuantisedOperand int32_bias(const Graph& graph, ValueId id, float input_scale, const Quant& weights) {
  const std::vector<int32_t> codes = bias_codes(reals(graph, id), input_scale, weights);
  return {{DType::I32, graph.type(id).shape, bias_quant(input_scale, weights)}, bytes_from<int32_t>(codes)};
}

/// Scales of the cell state are powers of two from 2^-15 to 2^-9.
Quant cell_quant(Range range) {
  const int bits = std::clamp(static_cast<int>(std::ceil(std::log2(std::max(magnitude(range), 1e-6F)))), 0, 6);
  return per_tensor(std::ldexp(1.0F, bits - 15), 0);
}

std::vector<QuantisedOperand> lstm_operands(const Graph& graph, const Node& node, const Quant& input, const Quant& output, Range cell) {
  std::vector<QuantisedOperand> all(At::count);
  for (size_t i = At::input_weights; i < At::bias; ++i) all[i] = int8_weights(graph, node.in[i]);
  for (size_t gate = 0; gate < 4; ++gate) {
    const Quant& weights = all[At::input_weights + gate].type.quant;
    all[At::bias + gate] = int32_bias(graph, node.in[At::bias + gate], input.scale[0], weights);
  }
  all[At::output_state].type = {DType::I8, graph.type(node.in[At::output_state]).shape, output};
  all[At::cell_state].type = {DType::I16, graph.type(node.in[At::cell_state]).shape, cell_quant(cell)};
  return all;
}

std::vector<QuantisedOperand> svdf_operands(const Graph& graph, const Node& node, Range state) {
  std::vector<QuantisedOperand> all(node.in.size());
  all[1] = int8_weights(graph, node.in[1]);
  const auto int16_quant = [](float largest) { return per_tensor(largest > 0 ? largest / 32767 : 1, 0); };
  const std::vector<float> time = reals(graph, node.in[kSvdfTime]);
  float largest = 0;
  for (float weight : time) largest = std::max(largest, std::abs(weight));
  const Quant time_quant = int16_quant(largest), state_quant = int16_quant(magnitude(state));
  std::vector<int16_t> codes;
  for (float weight : time) codes.push_back(static_cast<int16_t>(std::round(weight / time_quant.scale[0])));
  all[kSvdfTime] = {{DType::I16, graph.type(node.in[kSvdfTime]).shape, time_quant}, bytes_from<int16_t>(codes)};
  if (node.in[kSvdfBias] != kAbsent) all[kSvdfBias] = int32_bias(graph, node.in[kSvdfBias], state_quant.scale[0], time_quant);
  all[kSvdfState].type = {DType::I16, graph.type(node.in[kSvdfState]).shape, state_quant};
  return all;
}

}  // namespace

DType recurrent_dtype(const OpDef& op, size_t i) {
  if (op.name == "svdf") return i < kSvdfTime ? DType::I8 : i == kSvdfBias ? DType::I32 : DType::I16;
  if (i == At::cell_state) return DType::I16;
  return i >= At::bias && i < At::output_state ? DType::I32 : DType::I8;
}

std::vector<size_t> measured_states(const OpDef& op) {
  if (op.name == "lstm") return {At::cell_state};
  if (op.name == "svdf") return {kSvdfState};
  return {};
}

std::vector<QuantisedOperand> quantised_operands(const Graph& graph, const Node& node, const Quant& input, const Quant& output,
                                                 const Ranges& ranges) {
  const Range state = *ranges[static_cast<size_t>(node.in[measured_states(*node.op)[0]])];
  return node.op->name == "lstm" ? lstm_operands(graph, node, input, output, state) : svdf_operands(graph, node, state);
}

}  // namespace thimble

/// What the kernel rows of weighted ops (input, weights, bias) ask before they run, and the scales they pack.
#pragma once

#include <algorithm>
#include <cmath>

#include "kernels/packing.h"

namespace thimble {

/// Refuses weights whose zero point is not 0.
inline std::optional<std::string> refuses_asymmetric_weights(const Node& node, const Graph& graph) {
  const auto& zeros = graph.type(node.in[1]).quant.zero;
  if (std::all_of(zeros.begin(), zeros.end(), [](int32_t z) { return z == 0; })) return std::nullopt;
  return "the weights' zero point is not 0";
}

/// Refuses unless operand 0 is `x`, operand 1 is a constant of type `w`, and the bias is constant or absent.
template <DType x, DType w>
std::optional<std::string> refuses_weighted(const Node& node, const Graph& graph) {
  const auto type_is = [&](size_t i, DType wanted) { return dtype_is(graph, node, i, wanted); };
  if (!type_is(0, x)) return "the input is not " + std::string(name_of(x));
  if (!type_is(1, w)) return "the weights are not " + std::string(name_of(w));
  if (x == DType::I8)
    for (ValueId id : {node.in[0], node.in[1], node.out[0]})
      if (!graph.type(id).quant.quantised()) return "'" + graph.value(id).name + "' is int8 without a scale";
  if (is_constant(graph, node, 0)) return "the input is a constant, which this kernel cannot read from flash";
  return refuse_unless(
      {{is_constant(graph, node, 1), "the weights are not constant"}, {bias_is_constant(graph, node), "the bias is not constant"}});
}

/// As above, for int8 throughout and weights that stand around 0.
inline std::optional<std::string> refuses_symmetric(const Node& node, const Graph& graph) {
  if (auto reason = refuses_weighted<DType::I8, DType::I8>(node, graph)) return reason;
  return refuses_asymmetric_weights(node, graph);
}

/// As above, for int8 weights under float activations: the scale is applied after the sum, so zero points must be 0.
inline std::optional<std::string> refuses_hybrid(const Node& node, const Graph& graph, int channel_axis) {
  if (auto reason = refuses_weighted<DType::F32, DType::I8>(node, graph)) return reason;
  const Quant& quant = graph.type(node.in[1]).quant;
  if (!quant.quantised()) return "the int8 weights have no scale";
  if (quant.per_channel() && quant.axis != channel_axis) return "the weights' scales do not run along the output channels";
  return refuses_asymmetric_weights(node, graph);
}

/// One weight scale per output channel.
inline std::vector<float> channel_scales(const TensorType& weights, int64_t channels) {
  std::vector<float> scales(static_cast<size_t>(channels), weights.quant.scale[0]);
  return weights.quant.per_channel() ? weights.quant.scale : scales;
}

}  // namespace thimble

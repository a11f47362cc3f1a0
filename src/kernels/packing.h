/// What many kernel rows share: asking about operands, folding zero points, laying out multipliers, estimating cost.
#pragma once

#include <cmath>
#include <utility>

#include "kernels/kernel.h"
#include "ops/arithmetic.h"

namespace thimble {

inline bool present(const Node& node, size_t i) { return i < node.in.size() && node.in[i] != kAbsent; }
inline bool is_constant(const Graph& graph, const Node& node, size_t i) { return present(node, i) && graph.value(node.in[i]).constant(); }
inline bool dtype_is(const Graph& graph, const Node& node, size_t i, DType dtype) {
  return present(node, i) && graph.type(node.in[i]).dtype == dtype;
}
/// True when operand 2 is a constant or absent.
inline bool bias_is_constant(const Graph& graph, const Node& node) { return !present(node, 2) || is_constant(graph, node, 2); }

/// The first reason whose condition does not hold; nothing when all hold.
std::optional<std::string> refuse_unless(std::initializer_list<std::pair<bool, std::string_view>> conditions);

template <class T>
std::span<const T> constant_values(const Graph& graph, ValueId id) {
  const Value& value = graph.value(id);
  return {reinterpret_cast<const T*>(value.data->data()), value.data->size() / sizeof(T)};
}

/// Operand 2, or zeros where the op has no bias.
template <class T>
std::vector<T> bias_or_zeros(const Graph& graph, const Node& node, int64_t channels) {
  if (!present(node, 2)) return std::vector<T>(static_cast<size_t>(channels));
  const auto bias = constant_values<T>(graph, node.in[2]);
  return {bias.begin(), bias.end()};
}

/// The bias with -input_zero * (sum of (w - weight_zero)) folded in, for weights whose first axis is the output channel.
/// Exact modulo 2^32, as the sum that it replaces.
std::vector<int32_t> bias_with_zero_point(const Graph& graph, const Node& node, int64_t channels, int32_t input_zero, int32_t weight_zero);

/// Mantissas and shifts as the kernels read them: two tables.
struct SplitMultipliers {
  std::vector<int32_t> mantissas;
  std::vector<int8_t> shifts;
};
SplitMultipliers split_multipliers(const std::vector<Multiplier>& multipliers);

/// A cost estimate of N cycles per multiply-accumulate.
template <int N>
double cycles_per_mac(const Node& node, const Graph& graph, const Board&) {
  return N * static_cast<double>(macs_of(graph, node));
}
/// A cost estimate of an int8 reference kernel whose core spends `mac` on a product with its loads: some cores load bytes by way of words,
/// or call functions for long products.
double reference_cycles(const Node& node, const Graph& graph, const Board& board, double mac);
/// A cost estimate of N cycles per element of the first output.
template <int N>
double cycles_per_output(const Node& node, const Graph& graph, const Board&) {
  return N * static_cast<double>(graph.type(node.out[0]).elements());
}

}  // namespace thimble

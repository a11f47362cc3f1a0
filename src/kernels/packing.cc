#include "kernels/packing.h"

namespace thimble {

std::optional<std::string> refuse_unless(std::initializer_list<std::pair<bool, std::string_view>> conditions) {
  for (const auto& [holds, reason] : conditions)
    if (!holds) return std::string(reason);
  return std::nullopt;
}

std::vector<int32_t> bias_with_zero_point(const Graph& graph, const Node& node, int64_t channels, int32_t input_zero, int32_t weight_zero) {
  std::vector<int32_t> bias = bias_or_zeros<int32_t>(graph, node, channels);
  const auto weights = constant_values<int8_t>(graph, node.in[1]);
  const size_t per_channel = weights.size() / static_cast<size_t>(channels);
  for (size_t c = 0; c < bias.size(); ++c) {
    int64_t sum = 0;
    for (size_t k = 0; k < per_channel; ++k) sum += weights[c * per_channel + k] - weight_zero;
    bias[c] = static_cast<int32_t>(static_cast<uint32_t>(bias[c] - input_zero * sum));
  }
  return bias;
}

double reference_cycles(const Node& node, const Graph& graph, const Board& board, double mac) {
  const bool byte_wide = has(board.isa, Isa::Avr), word_wide = has(board.isa, Isa::Xtensa);
  const double output = byte_wide ? 500 : has(board.isa, Isa::Mul64) ? 30 : 80;
  return mac *
             (byte_wide   ? 5
              : word_wide ? 2
                          : 1) *
             static_cast<double>(macs_of(graph, node)) +
         output * static_cast<double>(graph.type(node.out[0]).elements());
}

SplitMultipliers split_multipliers(const std::vector<Multiplier>& multipliers) {
  SplitMultipliers split;
  for (const Multiplier& m : multipliers) {
    split.mantissas.push_back(m.mantissa);
    split.shifts.push_back(static_cast<int8_t>(m.shift));
  }
  return split;
}

}  // namespace thimble

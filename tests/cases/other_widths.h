/// Constants of other widths than int8 weights and int32 biases: int64 biases beside int16 activations, weights of four bits.
#pragma once

#include <random>

#include "cases/op_case.h"

namespace thimble::testing {

inline ValueId random_wide_bias(Graph& graph, std::string name, int64_t channels, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<int64_t> values;
  for (int64_t i = 0; i < channels; ++i) values.push_back(static_cast<int64_t>(random() % 1400001) - 700000);
  return graph.add_constant<int64_t>(std::move(name), {channels}, values);
}

/// One scale; whole range.
inline ValueId random_nibbles(Graph& graph, std::string name, const Shape& shape, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<int8_t> values(static_cast<size_t>(TensorType{DType::I8, shape, {}}.elements()));
  for (int8_t& value : values) value = static_cast<int8_t>(static_cast<int>(random() % 16) - 8);
  return graph.add_constant<int8_t>(std::move(name), shape, values, per_tensor(0.05f, 0));
}

}  // namespace thimble::testing

/// Scales of int16 results are looked at where a model is read, because `infer` sees only operands.
#pragma once

#include <vector>

#include "ir/foreign.h"

namespace thimble {

/// The types of a node's first `operands` operands and its result, where all are int16 with one scale; otherwise nothing:
/// then it is for `infer` to say what is amiss.
inline std::vector<TensorType> int16_types(const ForeignNode& node, const ForeignGraph& graph, size_t operands) {
  if (node.in.size() < operands || node.out.size() != 1) return {};
  std::vector<int> all(node.in.begin(), node.in.begin() + static_cast<std::ptrdiff_t>(operands));
  all.push_back(node.out[0]);
  std::vector<TensorType> types;
  for (const int id : all) {
    if (id < 0) return {};
    types.push_back(graph.tensors[static_cast<size_t>(id)].type);
    if (types.back().dtype != DType::I16 || types.back().quant.scale.size() != 1) return {};
  }
  return types;
}

}  // namespace thimble

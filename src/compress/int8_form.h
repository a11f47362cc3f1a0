/// How each op takes int8: the rules of TensorFlow Lite's quantisation specification, op by op.
#pragma once

#include <optional>
#include <string>

#include "ir/graph.h"

namespace thimble {

enum class Int8Form : uint8_t {
  None,       ///< TensorFlow Lite has no int8 form of it: it stays float
  Weighted,   ///< int8 weights, symmetric, a scale per output channel; an int32 bias
  Own,        ///< the result has a range of its own
  Shared,     ///< all float operands and results have one scale
  Fixed,      ///< the result's scale is laid down by the op
  Index,      ///< reads int8, gives integers that are no codes
  Recurrent,  ///< int8 with states; see recurrent.h
};
Int8Form int8_form(const OpDef& op);
/// The scale of the result of a Fixed op.
Quant fixed_quant(const OpDef& op);

/// True for operands and results that activations flow through: float, neither constant nor state.
bool is_activation(const Graph& graph, ValueId id);

/// Why the node stays as it is, or nothing: then it can compute on int8.
std::optional<std::string> refuses_int8(const Graph& graph, const Node& node);

}  // namespace thimble

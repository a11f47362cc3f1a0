/// The int8 forms of lstm and svdf: which of their operands are int8, int16 and int32, and by which scales.
#pragma once

#include "compress/scales.h"

namespace thimble {

/// The element type of operand `i`.
DType recurrent_dtype(const OpDef& op, size_t i);

/// Operands that are states with a scale of their own, so that their ranges must be known.
std::vector<size_t> measured_states(const OpDef& op);

/// One operand other than the input as it is in the int8 graph: type and contents (null for states, which start at zero).
struct QuantisedOperand {
  TensorType type;
  Bytes data;
};
/// `input`, `output`: scales of the activations; `states`: ranges by operand, of measured states.
std::vector<QuantisedOperand> quantised_operands(const Graph& graph, const Node& node, const Quant& input, const Quant& output,
                                                 const Ranges& ranges);

}  // namespace thimble

/// A float graph becomes one of int8 codes, by the conventions of TensorFlow Lite: asymmetric int8 activations, symmetric int8 weights with
/// a scale per output channel, int32 biases. Layers without an int8 form stay float between a dequantize and a quantize.
#pragma once

#include <string>
#include <vector>

#include "compress/scales.h"

namespace thimble {

struct QuantizeOptions {
  bool float_in = false;   ///< graph inputs stay float, and a quantize op follows
  bool float_out = false;  ///< graph outputs are float, behind a dequantize op
};

/// A layer that did not become int8.
struct FloatLayer {
  std::string name, op, why;
};

struct QuantizeReport {
  std::vector<FloatLayer> stays_float;  ///< layers that compute on floats still
  std::vector<ValueId> codes;           ///< by the float graph's ValueId: the value in the new graph that holds its codes; kAbsent: none
  std::vector<ValueId> origin;          ///< by the new graph's ValueId: the value of the float graph that it stands for; kAbsent: none
};

/// `graph`: float, after those passes that fold (see float_passes). `ranges`: of graph inputs and results of layers (needed_ranges); the
/// others are not looked at. Names of inputs, outputs and layers stay. A User error names all values whose range is needed and unknown.
Graph quantize(const Graph& graph, const Ranges& ranges, const QuantizeOptions& options = {}, QuantizeReport* report = nullptr);

/// The values of which quantize needs the range, by ValueId.
std::vector<ValueId> needed_ranges(const Graph& graph);

/// By ValueId: the scale that quantize gives to the value; empty where it stays float, and for constants.
std::vector<std::optional<Quant>> scales_of_values(const Graph& graph, const Ranges& ranges);

/// Brings a float graph into the form that quantises best: constants folded, batch norms and activations fused, weights as floats. Stays
/// within what TensorFlow Lite can express.
void float_passes(Graph& graph);

}  // namespace thimble

/// One small graph, the inputs it is fed, and what is known about its outputs. Runners (tests/runners) take every case through the
/// interpreter, the generated C, the file formats and the boards.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "ir/interpreter.h"
#include "ops/ops.h"

namespace thimble::testing {

struct OpCase {
  std::string name;  ///< "conv2d/3x3_same_stride2_s8"; begins with the op
  Graph graph;
  uint32_t seed = 1;                          ///< of the random inputs when `inputs` is empty
  int records = 4;                            ///< how many random inputs
  std::vector<std::vector<Buffer>> inputs;    ///< [record][graph input]
  std::vector<std::vector<Buffer>> expected;  ///< [record][graph output]; empty: the interpreter is the oracle
  double tolerance = 0;                       ///< relative, for float outputs against `expected` or another implementation
  bool exact = false;                         ///< floats agree to the bit too: the interpreter runs the C that ships
  bool tflite = true;                         ///< the graph can be written as TFLite
  std::string peer_differs;                   ///< why TFLite itself knowingly gives other numbers; empty: it must not
};

/// All cases of all files in this folder.
std::vector<OpCase> all_cases();

/// Deterministic contents for a tensor: integers over their whole range (small ones for indices: pass `max`), floats in [-range, range].
Buffer random_contents(const TensorType& type, uint32_t seed, double range = 2.0);
/// Random int8 weights / int32 biases as constants, with a scale per channel or one for all.
ValueId random_weights(Graph& graph, std::string name, Shape shape, int quant_axis, uint32_t seed);
ValueId random_bias(Graph& graph, std::string name, int64_t channels, uint32_t seed);
ValueId random_floats(Graph& graph, std::string name, Shape shape, uint32_t seed, double range = 1.0);

}  // namespace thimble::testing

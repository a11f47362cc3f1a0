/// Float models that stand beside the project, folded, with the inputs of their golden vectors: something to quantise.
#pragma once

#include "base/files.h"
#include "compress/damage.h"

namespace thimble::testing {

struct FloatModel {
  std::string name;
  Graph graph;
  std::vector<ExampleInputs> uniform, smooth;  ///< smooth: a few slow waves, as sensors give them
};

/// Nothing where the model or its vectors are not there.
std::optional<FloatModel> float_model(const std::string& name);

}  // namespace thimble::testing

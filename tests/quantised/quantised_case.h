/// Every float case of the op table, quantised with ranges from its own inputs.
#pragma once

#include "compress/damage.h"
#include "runners/each_case.h"

namespace thimble::testing {

struct QuantisedCase {
  Graph graph;  ///< int8 where it can be
  QuantizeReport report;
  Damage damage;
  std::vector<ExampleInputs> inputs;  ///< as that graph takes them
};

/// Nothing where the case holds nothing to quantise.
std::optional<QuantisedCase> quantised(const OpCase& one);

}  // namespace thimble::testing

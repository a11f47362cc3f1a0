#include "quantised/quantised_case.h"

namespace thimble::testing {

std::optional<QuantisedCase> quantised(const OpCase& one) {
  if (needed_ranges(one.graph).empty()) return std::nullopt;
  Progress quiet;
  const std::vector<ExampleInputs> records = records_of(one);
  QuantisedCase made;
  made.graph = quantize(one.graph, calibrate(one.graph, records, {CalibrationMethod::MinMax, 100}, quiet), {}, &made.report);
  made.damage = damage_of(one.graph, made.graph, made.report, records, quiet);
  for (const ExampleInputs& record : records) made.inputs.push_back(inputs_for(made.graph, record));
  return made;
}

}  // namespace thimble::testing

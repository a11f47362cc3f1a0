/// What it means that two runs of a graph agree: integers byte for byte, floats within a relative tolerance.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cases/op_case.h"

namespace thimble::testing {

/// The inputs of every record of a case: its own, or random ones from its seed.
std::vector<std::vector<Buffer>> records_of(const OpCase& one);

/// Outputs of the interpreter for each record; state is kept from record to record.
std::vector<std::vector<Buffer>> interpret(const Graph& graph, const std::vector<std::vector<Buffer>>& records);

/// "element 3 is 5 instead of 7; 12 of 100 differ", or nothing. `tolerance` is for floats: relative to the larger of the element
/// and a tenth of the tensor's largest.
std::optional<std::string> difference(const TensorType& type, const Buffer& have, const Buffer& want, double tolerance);

/// The same over all records and graph outputs.
std::optional<std::string> difference(const Graph& graph, const std::vector<std::vector<Buffer>>& have,
                                      const std::vector<std::vector<Buffer>>& want, double tolerance);

/// None where the case is exact; else the case's own, or what two correct float implementations may differ by.
double float_tolerance(const OpCase& one);

/// The name of a case as GoogleTest allows it.
std::string test_name(const std::string& case_name);

}  // namespace thimble::testing

/// How two runs of a model differ: bytes where the elements are integers, relative error where they are floats.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/table.h"
#include "ir/tensor.h"
#include "steps/records.h"
#include "targets/board.h"

namespace thimble {

constexpr double kFloatTolerance = 1e-5;
/// Of outputs of a board whose vectors round a multiplication and its addition once: see docs/decisions/0006.
constexpr double kFusedTolerance = 3e-5;
double float_tolerance(const Board& board);

struct Comparison {
  int64_t bytes = 0;          ///< compared
  int64_t integer_bytes = 0;  ///< of them, in integer tensors
  int64_t differing = 0;      ///< integer bytes that differ
  double relative_error = 0;  ///< the largest of a float element; infinite where one is not a number and the other is
  bool identical = true;      ///< to the bit, floats included

  double tolerance = kFloatTolerance;

  bool ok() const { return differing == 0 && relative_error <= tolerance; }
  /// "equal", "3 of 192 bytes differ", "relative error 2.4e-07"
  Cell cell() const;
  Json json() const;
};

/// Against what a float's error is measured.
enum class Measure : uint8_t {
  Element,  ///< its own magnitude, or `kFloatTolerance` of the tensor's largest where that is more: for outputs
  Tensor    ///< the tensor's largest magnitude: inside a model, where sums that nearly cancel mean nothing by themselves
};
/// Adds one tensor.
void compare(const TensorType& type, std::span<const std::byte> want, std::span<const std::byte> got, Measure measure, Comparison& sum);
/// Adds records of `types`.
Comparison compare(const std::vector<TensorType>& types, const std::vector<Record>& want, const std::vector<Record>& got);

}  // namespace thimble

#include "steps/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace thimble {
namespace {

float float_at(std::span<const std::byte> bytes, size_t i) {
  float value;
  std::memcpy(&value, bytes.data() + i * sizeof value, sizeof value);
  return value;
}

double relative_error(float want, float got, double floor) {
  if (want == got || (std::isnan(want) && std::isnan(got))) return 0;
  if (!std::isfinite(want) || !std::isfinite(got)) return std::numeric_limits<double>::infinity();
  return std::abs(double{want} - double{got}) / std::max({std::abs(double{want}), std::abs(double{got}), floor});
}

double largest(std::span<const std::byte> bytes) {
  double most = 0;
  for (size_t i = 0; i < bytes.size() / sizeof(float); ++i)
    if (const float value = float_at(bytes, i); std::isfinite(value)) most = std::max(most, std::abs(double{value}));
  return most;
}

}  // namespace

double float_tolerance(const Board& board) {
  const bool fuses = has(board.isa, Isa::Avx2) || has(board.isa, Isa::Avx512);
  return fuses ? kFusedTolerance : kFloatTolerance;
}

Cell Comparison::cell() const {
  if (identical) return {"equal", Style::Good};
  if (differing > 0) return {fmt::format("{} of {} bytes differ", grouped(differing), grouped(integer_bytes)), Style::Bad};
  return {fmt::format("within {:.1e}", relative_error), ok() ? Style::Good : Style::Bad};
}

Json Comparison::json() const {
  Json json;
  json.set("ok", ok()).set("bytes", bytes).set("differing_bytes", differing).set("identical", identical);
  return json.set("max_relative_error", relative_error);
}

void compare(const TensorType& type, std::span<const std::byte> want, std::span<const std::byte> got, Measure measure, Comparison& sum) {
  require(want.size() == got.size(), "tensors of one size are compared");
  sum.bytes += static_cast<int64_t>(want.size());
  sum.identical = sum.identical && std::equal(want.begin(), want.end(), got.begin());
  if (type.dtype != DType::F32) {
    sum.integer_bytes += static_cast<int64_t>(want.size());
    for (size_t i = 0; i < want.size(); ++i) sum.differing += want[i] != got[i];
    return;
  }
  const double floor = (measure == Measure::Element ? kFloatTolerance : 1.0) * largest(want);
  for (size_t i = 0; i < want.size() / sizeof(float); ++i)
    sum.relative_error = std::max(sum.relative_error, relative_error(float_at(want, i), float_at(got, i), floor));
}

Comparison compare(const std::vector<TensorType>& types, const std::vector<Record>& want, const std::vector<Record>& got) {
  require(want.size() == got.size(), "as many records as expected came back");
  Comparison sum;
  for (size_t r = 0; r < want.size(); ++r) {
    const std::vector<Buffer> a = split(want[r], types), b = split(got[r], types);
    for (size_t i = 0; i < types.size(); ++i) compare(types[i], a[i], b[i], Measure::Element, sum);
  }
  return sum;
}

}  // namespace thimble

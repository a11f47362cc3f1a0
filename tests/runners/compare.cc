#include "runners/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>

namespace thimble::testing {
namespace {

double element(DType dtype, const Buffer& bytes, size_t i) {
  const auto as = [&]<class T>(T value) {
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    return static_cast<double>(value);
  };
  switch (dtype) {
    case DType::F32: return as(float{});
    case DType::I8: return as(int8_t{});
    case DType::I16: return as(int16_t{});
    case DType::I32: return as(int32_t{});
    case DType::I64: return as(int64_t{});
    case DType::U8:
    case DType::Bool: break;
  }
  return as(uint8_t{});
}

bool agree(double have, double want, double allowed) {
  return have == want || (std::isnan(have) && std::isnan(want)) || std::abs(have - want) <= allowed;
}

}  // namespace

std::vector<std::vector<Buffer>> records_of(const OpCase& one) {
  if (!one.inputs.empty()) return one.inputs;
  std::vector<std::vector<Buffer>> records;
  for (int r = 0; r < one.records; ++r) {
    std::vector<Buffer> inputs;
    for (ValueId id : one.graph.inputs)
      inputs.push_back(
          random_contents(one.graph.type(id), one.seed + static_cast<uint32_t>(1000 * r) + static_cast<uint32_t>(inputs.size())));
    records.push_back(std::move(inputs));
  }
  return records;
}

std::vector<std::vector<Buffer>> interpret(const Graph& graph, const std::vector<std::vector<Buffer>>& records) {
  Interpreter interpreter(graph);
  std::vector<std::vector<Buffer>> outputs;
  for (const std::vector<Buffer>& inputs : records) outputs.push_back(interpreter.run(inputs));
  return outputs;
}

std::optional<std::string> difference(const TensorType& type, const Buffer& have, const Buffer& want, double tolerance) {
  if (have.size() != want.size()) return fmt::format("{} bytes instead of {}", have.size(), want.size());
  if (have == want) return std::nullopt;
  const auto count = static_cast<size_t>(type.elements());
  double largest = 0, worst = 0;
  for (size_t i = 0; i < count; ++i)
    if (const double x = std::abs(element(type.dtype, want, i)); std::isfinite(x)) largest = std::max(largest, x);
  size_t differ = 0, first = 0;
  for (size_t i = 0; i < count; ++i) {
    const double h = element(type.dtype, have, i), w = element(type.dtype, want, i);
    const double allowed = type.dtype == DType::F32 ? tolerance * std::max(std::abs(w), largest / 10) : 0;
    if (agree(h, w, allowed)) continue;
    if (differ++ == 0) first = i;
    worst = std::max(worst, std::abs(h - w));
  }
  if (differ == 0) return std::nullopt;
  return fmt::format("element {} is {} instead of {}; {} of {} differ, by {} at most", first, element(type.dtype, have, first),
                     element(type.dtype, want, first), differ, count, worst);
}

std::optional<std::string> difference(const Graph& graph, const std::vector<std::vector<Buffer>>& have,
                                      const std::vector<std::vector<Buffer>>& want, double tolerance) {
  if (have.size() != want.size()) return fmt::format("{} records instead of {}", have.size(), want.size());
  for (size_t r = 0; r < want.size(); ++r)
    for (size_t i = 0; i < graph.outputs.size(); ++i)
      if (const auto what = difference(graph.type(graph.outputs[i]), have[r].at(i), want[r].at(i), tolerance))
        return fmt::format("record {}, output {} ({}): {}", r, i, to_string(graph.type(graph.outputs[i])), *what);
  return std::nullopt;
}

double float_tolerance(const OpCase& one) { return one.exact ? 0 : one.tolerance > 0 ? one.tolerance : 1e-5; }

std::string test_name(const std::string& case_name) {
  std::string name = case_name;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

}  // namespace thimble::testing

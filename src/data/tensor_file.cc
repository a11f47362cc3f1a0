#include "data/tensor_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstring>

#include "base/files.h"
#include "data/csv_lines.h"

namespace thimble {
namespace {

template <class T>
double load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return static_cast<double>(value);
}

/// The numbers of one line; nothing when a word is not a number.
std::optional<std::vector<float>> numbers_of(const CsvLine& line, std::string& bad_word) {
  std::vector<float> row;
  for (const std::string_view word : line.words) {
    const auto number = number_in(word);
    if (!number) return bad_word = word, std::nullopt;
    row.push_back(static_cast<float>(*number));
  }
  return row;
}

[[noreturn]] void no_such_kind(const std::filesystem::path& path) {
  throw Error(Blame::User, fmt::format("'{}' is not a kind of file that holds tensors here", path.string()),
              "use .npy (numpy.save), .csv (one record a line) or .bin (bare little-endian elements)");
}

}  // namespace

double FileTensor::number(int64_t i) const {
  const std::byte* at = bytes.data() + i * bytes_of(type.dtype);
  switch (type.dtype) {
    case DType::F32: return load<float>(at);
    case DType::I8: return load<int8_t>(at);
    case DType::U8:
    case DType::Bool: return load<uint8_t>(at);
    case DType::I16: return load<int16_t>(at);
    case DType::I32: return load<int32_t>(at);
    case DType::I64: return load<int64_t>(at);
  }
  return 0;
}

FileTensor parse_csv(std::string_view text, const std::string& name) {
  std::vector<float> values;
  size_t columns = 0;
  int64_t rows = 0;
  bool headed = false;
  CsvLines lines(text);
  while (const auto line = lines.next()) {
    std::string bad_word;
    const auto row = numbers_of(*line, bad_word);
    if (!row && rows == 0 && !headed) {
      headed = true;
      continue;
    }
    if (!row) throw Error(Blame::User, fmt::format("{}:{}: '{}' is not a number", name, line->number, bad_word));
    if (rows > 0 && row->size() != columns)
      throw Error(Blame::User, fmt::format("{}:{}: {} numbers where the lines before have {}", name, line->number, row->size(), columns));
    columns = row->size();
    ++rows;
    values.insert(values.end(), row->begin(), row->end());
  }
  if (rows == 0)
    throw Error(Blame::User, fmt::format("'{}' holds no numbers", name), "a .csv has one record a line, numbers separated by commas");
  const auto raw = std::as_bytes(std::span(values));
  return {{DType::F32, {rows, static_cast<int64_t>(columns)}, {}}, {raw.begin(), raw.end()}};
}

std::string csv_of(const FileTensor& tensor) {
  const int64_t rows = tensor.type.shape.empty() ? 1 : tensor.type.shape[0];
  const int64_t columns = rows > 0 ? tensor.elements() / rows : 0;
  std::string text;
  for (int64_t i = 0; i < rows * columns; ++i) {
    const double number = tensor.number(i);
    text += tensor.type.dtype == DType::F32 ? fmt::format("{}", static_cast<float>(number)) : fmt::format("{}", number);
    text += (i + 1) % columns == 0 ? '\n' : ',';
  }
  return text;
}

FileTensor read_tensor(const std::filesystem::path& path) {
  const std::string kind = path.extension().string();
  if (kind == ".npy") return parse_npy(read_bytes(path), path.filename().string());
  if (kind == ".csv" || kind == ".txt") return parse_csv(read_text(path), path.filename().string());
  if (kind != ".bin") no_such_kind(path);
  std::vector<std::byte> bytes = read_bytes(path);
  return {{DType::U8, {static_cast<int64_t>(bytes.size())}, {}}, std::move(bytes)};
}

void write_tensor(const std::filesystem::path& path, const FileTensor& tensor) {
  const std::string kind = path.extension().string();
  if (kind == ".npy") return write_bytes(path, npy_of(tensor));
  if (kind == ".csv" || kind == ".txt") return write_text(path, csv_of(tensor));
  if (kind != ".bin") no_such_kind(path);
  write_bytes(path, tensor.bytes);
}

}  // namespace thimble

#include "steps/records.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>

namespace thimble {
namespace {

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers everywhere, unlike the standard distributions.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  /// In [-1, 1).
  double real() { return static_cast<double>(next() >> 11) * 0x1p-52 - 1; }

 private:
  uint64_t state_;
};

struct IntegerRange {
  double min, max;
};
IntegerRange range_of(DType dtype) {
  switch (dtype) {
    case DType::I8: return {-128, 127};
    case DType::U8: return {0, 255};
    case DType::I16: return {-32768, 32767};
    case DType::I32: return {-2147483648.0, 2147483647.0};
    case DType::I64: return {-0x1p63, 0x1p63};
    case DType::Bool:
    case DType::F32: break;
  }
  return {0, 1};
}

template <class T>
void append(std::vector<std::byte>& bytes, T value) {
  const auto* raw = reinterpret_cast<const std::byte*>(&value);
  bytes.insert(bytes.end(), raw, raw + sizeof value);
}

void append_number(std::vector<std::byte>& bytes, DType dtype, double number) {
  if (dtype == DType::F32) return append(bytes, static_cast<float>(number));
  const IntegerRange range = range_of(dtype);
  const double whole = std::clamp(std::round(number), range.min, range.max);
  switch (dtype) {
    case DType::I8: return append(bytes, static_cast<int8_t>(whole));
    case DType::U8:
    case DType::Bool: return append(bytes, static_cast<uint8_t>(whole));
    case DType::I16: return append(bytes, static_cast<int16_t>(whole));
    case DType::I32: return append(bytes, static_cast<int32_t>(whole));
    default: return append(bytes, whole >= range.max ? std::numeric_limits<int64_t>::max() : static_cast<int64_t>(whole));
  }
}

/// `x` in [-1, 1) laid over what the type can hold.
void append_scaled(std::vector<std::byte>& bytes, DType dtype, double x) {
  if (dtype == DType::F32) return append_number(bytes, dtype, x);
  const bool index = dtype == DType::I32 || dtype == DType::I64 || dtype == DType::Bool;
  const IntegerRange range = index ? IntegerRange{0, 1} : range_of(dtype);
  const double steps = range.max - range.min + 1;
  append_number(bytes, dtype, std::min(range.max, std::floor(range.min + (x + 1) / 2 * steps)));
}

/// Four sines of a few periods over the tensor, sum within [-1, 1).
std::vector<double> waves(Random& random, int64_t elements) {
  struct Wave {
    double periods, phase, height;
  };
  std::vector<Wave> all;
  for (int i = 0; i < 4; ++i)
    all.push_back({1 + 6 * std::abs(random.real()), random.real() * std::numbers::pi, 0.25 * (1 + random.real() / 2) / 1.5});
  std::vector<double> x(static_cast<size_t>(elements));
  for (size_t i = 0; i < x.size(); ++i)
    for (const Wave& wave : all)
      x[i] +=
          wave.height * std::sin(wave.phase + 2 * std::numbers::pi * wave.periods * static_cast<double>(i) / static_cast<double>(elements));
  return x;
}

int64_t elements_of(const std::vector<TensorType>& types) {
  int64_t elements = 0;
  for (const TensorType& type : types) elements += type.elements();
  return elements;
}

std::string wanted(const std::vector<TensorType>& types) {
  std::string text;
  for (const TensorType& type : types)
    text += (text.empty() ? "" : " and ") + fmt::format("{}[{}]", name_of(type.dtype), to_string(type.shape));
  return text;
}

[[noreturn]] void does_not_divide(const std::string& name, int64_t have, const char* what, int64_t per_record,
                                  const std::vector<TensorType>& types) {
  throw Error(Blame::User, fmt::format("'{}' holds {} {}, which is not a whole number of records", name, have, what),
              fmt::format("a record of this model is {}: {} {}", wanted(types), per_record, what));
}

/// The sizes that are not 1: what tells one layout from another.
Shape without_ones(Shape shape) {
  std::erase(shape, 1);
  return shape;
}

/// Records may be flat or of the input's own shape, one or many; anything else was meant for another model or another order of axes.
void check_shape(const std::string& name, const Shape& have, const std::vector<TensorType>& types) {
  const Shape record = types.size() == 1 ? without_ones(types[0].shape) : Shape{elements_of(types)};
  const Shape file = without_ones(have);
  const Shape one_less(file.begin() + (file.empty() ? 0 : 1), file.end());
  const Shape flat = without_ones({elements_of(types)});
  if (file.size() <= 1 || file == record || one_less == record || one_less == flat) return;
  throw Error(Blame::User, fmt::format("'{}' holds an array of {}, which is not the input's shape", name, to_string(have)),
              fmt::format("a record of this model is {}; numpy.transpose puts axes in another order, x.reshape(records, {}) keeps it",
                          wanted(types), elements_of(types)));
}

/// `number` of the file as the input keeps it.
double stored(const TensorType& type, double number, bool raw) {
  if (raw || !type.quant.quantised() || type.dtype == DType::F32) return number;
  if (std::isnan(number))
    throw Error(Blame::User, "an input is not a number (NaN)", "an int8 model has no code for it; clean the data first");
  return std::round(number / static_cast<double>(type.quant.scale[0])) + type.quant.zero[0];
}

}  // namespace

std::vector<TensorType> input_types(const Compiled& model) {
  std::vector<TensorType> types;
  for (const Port& port : model.inputs) types.push_back(port.type);
  return types;
}

std::vector<TensorType> input_types(const Graph& graph) {
  std::vector<TensorType> types;
  for (ValueId id : graph.inputs) types.push_back(graph.type(id));
  return types;
}

std::vector<TensorType> output_types(const Graph& graph) {
  std::vector<TensorType> types;
  for (ValueId id : graph.outputs) types.push_back(graph.type(id));
  return types;
}

int64_t bytes_of(const std::vector<TensorType>& types) {
  int64_t bytes = 0;
  for (const TensorType& type : types) bytes += type.bytes();
  return bytes;
}

std::vector<Buffer> split(std::span<const std::byte> record, const std::vector<TensorType>& types) {
  std::vector<Buffer> buffers;
  for (const TensorType& type : types) {
    const auto part = record.first(static_cast<size_t>(type.bytes()));
    buffers.emplace_back(part.begin(), part.end());
    record = record.subspan(part.size());
  }
  return buffers;
}

std::vector<Record> random_records(const std::vector<TensorType>& types, Texture texture, uint64_t seed, int64_t count) {
  Random random(seed);
  std::vector<Record> records(static_cast<size_t>(count));
  for (Record& record : records)
    for (const TensorType& type : types) {
      std::vector<double> x;
      if (texture == Texture::Smooth) x = waves(random, type.elements());
      for (int64_t i = 0; i < type.elements(); ++i)
        append_scaled(record, type.dtype, x.empty() ? random.real() : x[static_cast<size_t>(i)]);
    }
  return records;
}

std::vector<Record> cut_records(std::span<const std::byte> bytes, const std::vector<TensorType>& types, const std::string& name) {
  const auto size = static_cast<size_t>(bytes_of(types));
  if (bytes.empty() || bytes.size() % size != 0)
    does_not_divide(name, static_cast<int64_t>(bytes.size()), "bytes", static_cast<int64_t>(size), types);
  std::vector<Record> records;
  for (size_t at = 0; at < bytes.size(); at += size)
    records.emplace_back(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.begin() + static_cast<std::ptrdiff_t>(at + size));
  return records;
}

std::vector<Record> records_from(const std::filesystem::path& path, const std::vector<TensorType>& types, bool raw) {
  const FileTensor file = read_tensor(path);
  const std::string name = path.filename().string();
  if (path.extension() == ".bin") return cut_records(file.bytes, types, name);
  const int64_t per_record = elements_of(types);
  if (file.elements() == 0 || file.elements() % per_record != 0) does_not_divide(name, file.elements(), "numbers", per_record, types);
  if (path.extension() == ".npy") check_shape(name, file.type.shape, types);
  std::vector<Record> records(static_cast<size_t>(file.elements() / per_record));
  int64_t at = 0;
  for (Record& record : records)
    for (const TensorType& type : types)
      for (int64_t i = 0; i < type.elements(); ++i)
        append_number(record, type.dtype, stored(type, file.number(at++), raw || file.type.dtype == type.dtype));
  return records;
}

std::vector<Record> input_records(const std::string& input, const std::vector<TensorType>& types, uint64_t seed, int64_t count, bool raw) {
  if (input == "random") return random_records(types, Texture::Uniform, seed, std::max<int64_t>(count, 1));
  if (input == "smooth") return random_records(types, Texture::Smooth, seed, std::max<int64_t>(count, 1));
  std::vector<Record> records = records_from(input, types, raw);
  if (count > static_cast<int64_t>(records.size()))
    throw Error(Blame::User, fmt::format("'{}' holds {} records, {} were asked for", input, records.size(), count));
  if (count > 0) records.resize(static_cast<size_t>(count));
  return records;
}

std::vector<Record> interpret(const Graph& graph, const std::vector<Record>& records, const Interpreter::Watch& watch,
                              const std::function<void(int64_t)>& after) {
  const std::vector<TensorType> types = input_types(graph);
  Interpreter interpreter(graph);
  std::vector<Record> outputs;
  for (const Record& record : records) {
    Record joined;
    for (const Buffer& buffer : interpreter.run(split(record, types), outputs.empty() ? watch : nullptr))
      joined.insert(joined.end(), buffer.begin(), buffer.end());
    outputs.push_back(std::move(joined));
    if (after) after(static_cast<int64_t>(outputs.size()));
  }
  return outputs;
}

double real_value(const TensorType& type, std::span<const std::byte> bytes, int64_t i) {
  const FileTensor element{{type.dtype, {1}, {}},
                           {bytes.begin() + i * bytes_of(type.dtype), bytes.begin() + (i + 1) * bytes_of(type.dtype)}};
  const double number = element.number(0);
  if (!type.quant.quantised() || type.dtype == DType::F32) return number;
  return static_cast<double>(type.quant.scale[0]) * (number - type.quant.zero[0]);
}

}  // namespace thimble

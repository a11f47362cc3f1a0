// The .npy format: a magic, a version, and a Python dictionary in text (NumPy enhancement proposal 1), then the elements.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstring>

#include "data/tensor_file.h"

namespace thimble {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

struct NpyType {
  std::string_view descr;
  DType dtype;
};
constexpr std::array kTypes = {NpyType{"<f4", DType::F32}, NpyType{"|i1", DType::I8},  NpyType{"|u1", DType::U8},
                               NpyType{"<i2", DType::I16}, NpyType{"<i4", DType::I32}, NpyType{"<i8", DType::I64},
                               NpyType{"|b1", DType::Bool}};

[[noreturn]] void fail(const std::string& name, std::string_view what, std::string hint = "write it anew with numpy.save") {
  throw Error(Blame::User, fmt::format("'{}' {}", name, what), std::move(hint));
}

/// What stands after `'key':` in the dictionary.
std::string_view entry(std::string_view dict, std::string_view key, const std::string& name) {
  const size_t at = dict.find(fmt::format("'{}':", key));
  if (at == std::string_view::npos) fail(name, fmt::format("has no '{}' in its .npy header", key));
  dict.remove_prefix(at + key.size() + 3);
  dict.remove_prefix(std::min(dict.find_first_not_of(' '), dict.size()));
  return dict;
}

Shape shape_in(std::string_view text, const std::string& name) {
  Shape shape;
  if (!text.starts_with('(')) fail(name, "has no shape in its .npy header");
  const char* at = text.data() + 1;
  const char* end = text.data() + text.size();
  int64_t elements = 1;
  while (at != end && *at != ')') {
    int64_t size = 0;
    const auto [next, fault] = std::from_chars(at, end, size);
    if (fault == std::errc() && size >= 0 && !__builtin_mul_overflow(elements, size, &elements))
      shape.push_back(size);
    else if (*at != ',' && *at != ' ')
      fail(name, "has a shape that cannot be read in its .npy header");
    at = next == at ? at + 1 : next;
  }
  return shape;
}

/// The header's text and where the elements start.
std::pair<std::string_view, size_t> header_of(std::span<const std::byte> contents, const std::string& name) {
  const std::string_view text(reinterpret_cast<const char*>(contents.data()), contents.size());
  if (text.size() < 12 || !text.starts_with(kMagic)) fail(name, "is not a .npy file: it does not begin with \"\\x93NUMPY\"");
  const bool long_length = text[6] >= 2;
  size_t length = 0;
  std::memcpy(&length, text.data() + 8, long_length ? 4 : 2);
  const size_t start = long_length ? 12 : 10;
  if (length > text.size() - start) fail(name, "is cut off inside its .npy header");
  return {text.substr(start, length), start + length};
}

FileTensor from_doubles(std::span<const std::byte> data, Shape shape) {
  std::vector<float> values(data.size() / sizeof(double));
  for (size_t i = 0; i < values.size(); ++i) {
    double value;
    std::memcpy(&value, data.data() + i * sizeof value, sizeof value);
    values[i] = static_cast<float>(value);
  }
  const auto raw = std::as_bytes(std::span(values));
  return {{DType::F32, std::move(shape), {}}, {raw.begin(), raw.end()}};
}

}  // namespace

FileTensor parse_npy(std::span<const std::byte> contents, const std::string& name) {
  const auto [dict, start] = header_of(contents, name);
  std::string_view descr = entry(dict, "descr", name);
  if (descr.size() < 5 || descr[0] != '\'') fail(name, "holds records with several fields", "save one plain array");
  descr = descr.substr(1, descr.find('\'', 1) - 1);
  if (entry(dict, "fortran_order", name).starts_with("True")) fail(name, "has its first axis fastest", "save numpy.ascontiguousarray(x)");
  Shape shape = shape_in(entry(dict, "shape", name), name);
  const NpyType* type = nullptr;
  for (const NpyType& row : kTypes)
    if (row.descr == descr) type = &row;
  const bool doubles = descr == "<f8";
  if (!type && !doubles)
    fail(name, fmt::format("holds elements of type {}", descr),
         "save it as float32, float64, int8, uint8, int16, int32, int64 or bool: x.astype(numpy.float32)");
  FileTensor tensor{{doubles ? DType::F32 : type->dtype, std::move(shape), {}}, {}};
  const auto data = contents.subspan(start);
  const uint64_t element = doubles ? sizeof(double) : static_cast<uint64_t>(bytes_of(tensor.type.dtype));
  uint64_t needed = 0;
  if (__builtin_mul_overflow(static_cast<uint64_t>(tensor.elements()), element, &needed) || data.size() < needed)
    fail(name, fmt::format("is cut off: its shape {} needs {} bytes, {} are there", to_string(tensor.type.shape), needed, data.size()));
  if (doubles) return from_doubles(data.first(needed), std::move(tensor.type.shape));
  tensor.bytes.assign(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(needed));
  return tensor;
}

std::vector<std::byte> npy_of(const FileTensor& tensor) {
  std::string shape;
  for (int64_t size : tensor.type.shape) shape += fmt::format("{}, ", size);
  if (tensor.type.rank() > 1) shape.resize(shape.size() - 2);
  std::string_view descr;
  for (const NpyType& row : kTypes)
    if (row.dtype == tensor.type.dtype) descr = row.descr;
  std::string dict = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr, shape);
  dict.resize((10 + dict.size() + 64) / 64 * 64 - 10, ' ');  // the elements start at a multiple of 64
  dict.back() = '\n';
  std::string text(kMagic);
  text += {'\x01', '\x00', static_cast<char>(dict.size() & 0xFF), static_cast<char>(dict.size() >> 8)};
  text += dict;
  const auto raw = std::as_bytes(std::span(text));
  std::vector<std::byte> contents(raw.begin(), raw.end());
  contents.insert(contents.end(), tensor.bytes.begin(), tensor.bytes.end());
  return contents;
}

}  // namespace thimble

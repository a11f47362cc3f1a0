#include "ir/tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>

namespace thimble {
namespace {

struct DTypeRow {
  std::string_view c;
  int64_t bytes;
};
constexpr std::string_view kNames[] = {"f32", "i8", "u8", "i16", "i32", "i64", "bool"};
constexpr DTypeRow kRows[] = {{"float", 4}, {"int8_t", 1}, {"uint8_t", 1}, {"int16_t", 2}, {"int32_t", 4}, {"int64_t", 8}, {"uint8_t", 1}};

template <class T>
std::vector<int64_t> widen(const TensorView& tensor) {
  std::vector<int64_t> all(static_cast<size_t>(tensor.type->elements()));
  for (size_t i = 0; i < all.size(); ++i) {
    T one;
    std::memcpy(&one, tensor.data + i * sizeof(T), sizeof(T));
    all[i] = static_cast<int64_t>(one);
  }
  return all;
}

}  // namespace

std::span<const std::string_view> enum_names(DType) { return kNames; }
std::string_view name_of(DType dtype) { return kNames[static_cast<size_t>(dtype)]; }
std::string_view c_type(DType dtype) { return kRows[static_cast<size_t>(dtype)].c; }
int64_t bytes_of(DType dtype) { return kRows[static_cast<size_t>(dtype)].bytes; }

Quant per_tensor(float scale, int32_t zero) { return {{scale}, {zero}, -1}; }

std::string to_string(const Shape& shape) { return shape.empty() ? "scalar" : fmt::format("{}", fmt::join(shape, "x")); }

int64_t TensorType::elements() const {
  int64_t n = 1;
  for (int64_t d : shape) n *= d;
  return n;
}

std::string to_string(const TensorType& type) {
  std::string text = fmt::format("{}[{}]", name_of(type.dtype), type.shape.empty() ? "" : to_string(type.shape));
  if (!type.quant.quantised()) return text;
  if (type.quant.per_channel()) return text + fmt::format(" {} scales along axis {}", type.quant.scale.size(), type.quant.axis);
  return text + fmt::format(" scale {} zero {}", type.quant.scale[0], type.quant.zero[0]);
}

Bytes make_bytes(std::vector<std::byte> bytes) { return std::make_shared<const std::vector<std::byte>>(std::move(bytes)); }

std::vector<int64_t> to_int64(const TensorView& tensor) {
  require(tensor.type && tensor.data, "contents of a tensor asked for that are not known");
  switch (tensor.type->dtype) {
    case DType::I8: return widen<int8_t>(tensor);
    case DType::U8:
    case DType::Bool: return widen<uint8_t>(tensor);
    case DType::I16: return widen<int16_t>(tensor);
    case DType::I32: return widen<int32_t>(tensor);
    case DType::I64: return widen<int64_t>(tensor);
    case DType::F32: break;
  }
  throw Error(Blame::User, "a float tensor stands where whole numbers are needed");
}

}  // namespace thimble

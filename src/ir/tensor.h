/// What a tensor is: element type, shape, quantisation, and the bytes themselves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace thimble {

enum class DType : uint8_t { F32, I8, U8, I16, I32, I64, Bool };

std::span<const std::string_view> enum_names(DType);
std::string_view name_of(DType dtype);
/// "int8_t", "float", ...: how the type is spelled in C.
std::string_view c_type(DType dtype);
int64_t bytes_of(DType dtype);

/// The DType of a C++ element type.
template <class T>
constexpr DType dtype_of() {
  if constexpr (std::is_same_v<T, float>)
    return DType::F32;
  else if constexpr (std::is_same_v<T, int8_t>)
    return DType::I8;
  else if constexpr (std::is_same_v<T, uint8_t>)
    return DType::U8;
  else if constexpr (std::is_same_v<T, int16_t>)
    return DType::I16;
  else if constexpr (std::is_same_v<T, int32_t>)
    return DType::I32;
  else if constexpr (std::is_same_v<T, int64_t>)
    return DType::I64;
  else {
    static_assert(std::is_same_v<T, bool>);
    return DType::Bool;
  }
}

/// real = scale * (integer - zero). One scale for the tensor, or one per index along `axis`. No scale: not quantised.
struct Quant {
  std::vector<float> scale;
  std::vector<int32_t> zero;  ///< as many as scales
  int axis = -1;              ///< the axis of per-channel scales; -1 with one scale

  bool quantised() const { return !scale.empty(); }
  bool per_channel() const { return scale.size() > 1; }
  bool operator==(const Quant&) const = default;
};

/// One scale and zero point for a whole tensor.
Quant per_tensor(float scale, int32_t zero);

using Shape = std::vector<int64_t>;

/// "1x49x10x1"; a scalar is "scalar".
std::string to_string(const Shape& shape);

struct TensorType {
  DType dtype = DType::F32;
  Shape shape;
  Quant quant;

  int64_t rank() const { return static_cast<int64_t>(shape.size()); }
  int64_t elements() const;
  int64_t bytes() const { return elements() * bytes_of(dtype); }
  bool operator==(const TensorType&) const = default;
};

/// "i8[1x49x10x1] scale 0.58 zero 83"
std::string to_string(const TensorType& type);

/// Bytes that constants share; 16-byte aligned by std::allocator on the hosts we build for.
using Bytes = std::shared_ptr<const std::vector<std::byte>>;
Bytes make_bytes(std::vector<std::byte> bytes);
template <class T>
Bytes bytes_from(std::span<const T> values) {
  const auto raw = std::as_bytes(values);
  return make_bytes({raw.begin(), raw.end()});
}

/// A tensor in memory that somebody else owns. `data` of constants is never written.
struct TensorView {
  const TensorType* type = nullptr;  ///< null where an optional operand is absent
  std::byte* data = nullptr;         ///< null where the contents are not known yet

  explicit operator bool() const { return type != nullptr; }

  /// The elements; a Bug when T is not the tensor's type or the contents are not known.
  template <class T>
  std::span<T> as() const {
    require(type && data && (type->dtype == dtype_of<std::remove_const_t<T>>()), "tensor read as another type");
    return {reinterpret_cast<T*>(data), static_cast<size_t>(type->elements())};
  }
};

/// Every element as int64 (of an integer or bool tensor): for shapes, axes, indices.
std::vector<int64_t> to_int64(const TensorView& tensor);

}  // namespace thimble

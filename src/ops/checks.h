/// Questions that ops ask of their operands' types, answered in words that users can act on.
#pragma once

#include <initializer_list>
#include <limits>

#include "ops/arithmetic.h"

namespace thimble {

/// Throws a User error unless `type` is one of `allowed`: "relu takes f32 or i8, not i32".
inline void expect_dtype(std::string_view op, DType dtype, std::initializer_list<DType> allowed) {
  std::string list;
  for (const DType& one : allowed) {
    if (one == dtype) return;
    if (!list.empty()) list += &one == allowed.end() - 1 ? " or " : ", ";
    list += name_of(one);
  }
  throw Error(Blame::User, std::string(op) + " takes " + list + ", not " + std::string(name_of(dtype)));
}

/// The one scale of a quantised tensor; a User error when it has none or several.
inline float scale_of(const TensorType& type) {
  expect(type.quant.scale.size() == 1, "a quantised operand needs one scale and zero point; this one has " +
                                           std::string(type.quant.quantised() ? "one per channel" : "none"));
  return type.quant.scale[0];
}
inline int32_t zero_of(const TensorType& type) {
  scale_of(type);
  return type.quant.zero[0];
}

/// Same scale and zero point, so that integers can be compared and copied as they are.
inline bool same_quant(const TensorType& a, const TensorType& b) { return a.quant.scale == b.quant.scale && a.quant.zero == b.quant.zero; }

/// `value` as a T, limited to T's range.
template <class T, class V>
T saturate(V value) {
  if (value <= static_cast<V>(std::numeric_limits<T>::min())) return std::numeric_limits<T>::min();
  if (value >= static_cast<V>(std::numeric_limits<T>::max())) return std::numeric_limits<T>::max();
  return static_cast<T>(value);
}

}  // namespace thimble

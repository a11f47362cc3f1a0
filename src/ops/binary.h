/// Ops of two operands that are broadcast against each other, with a fused activation where TFLite has one.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

struct BinaryAttrs {
  Activation activation = Activation::None;
  template <class V>
  void fields(V&& v) {
    v("activation", activation, "fused activation");
  }
};

/// Integer arithmetic of add and sub: both operands to a fine common scale, then to that of the result.
struct AddScaling {
  Multiplier a, b, out;
};
/// How far int8 operands are raised first, and int16 ones: as sums of two allow in 32 bits.
constexpr int kAddLeftShift = 20, kAddLeftShift16 = 15;
constexpr int add_left_shift(DType dtype) { return dtype == DType::I16 ? kAddLeftShift16 : kAddLeftShift; }
AddScaling add_scaling(const TensorType& a, const TensorType& b, const TensorType& out);
Multiplier mul_scaling(const TensorType& a, const TensorType& b, const TensorType& out);

}  // namespace thimble

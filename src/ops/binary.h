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

/// The shape of the result; a User error when the two do not fit.
Shape broadcast(const Shape& a, const Shape& b);

/// Loops that walk two operands and the result at once, innermost last: as few as the shapes allow. A step of 0 repeats an element.
struct BroadcastLoop {
  int64_t count = 1, a_step = 0, b_step = 0;
};
std::vector<BroadcastLoop> broadcast_loops(const Shape& a, const Shape& b);

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

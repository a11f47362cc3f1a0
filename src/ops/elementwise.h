/// Ops of one operand that treat each element alone. Each is a row of elementwise.cc.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

struct LeakyReluAttrs {
  double alpha = 0.2;
  template <class V>
  void fields(V&& v) {
    v("alpha", alpha, "slope below zero");
  }
};

struct GeluAttrs {
  bool approximate = false;
  template <class V>
  void fields(V&& v) {
    v("approximate", approximate, "by tanh instead of the error function");
  }
};

/// How an int16 relu (leaky ones included) rescales what is below 0 and the rest, and clamps.
struct RescalingInt16 {
  Multiplier below, above;
  IntRange range{};
};
RescalingInt16 rescaling_int16(std::string_view op, const Attrs& attrs, const TensorType& in, const TensorType& out);

}  // namespace thimble

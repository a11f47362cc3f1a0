/// Between real numbers and their integers: quantize, dequantize, and plain casts.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

struct QuantizeAttrs {
  DType to = DType::I8;
  template <class V>
  void fields(V&& v) {
    v("to", to, "element type of the result");
  }
};

struct CastAttrs {
  DType to = DType::F32;
  template <class V>
  void fields(V&& v) {
    v("to", to, "element type of the result");
  }
};

/// How integers of one scale become those of another.
Multiplier rescaling(const TensorType& from, const TensorType& to);

}  // namespace thimble

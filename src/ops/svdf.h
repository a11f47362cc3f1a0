/// Singular value decomposition filter: a fully connected layer whose `rank` filters per unit each remember their last results.
///
/// Operands: input [batch, features], weights_feature [filters, features], weights_time [filters, memory], bias [units] or absent, and the
/// state [batch, filters * memory], oldest first. With int8 input, weights_time and the state are int16.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

struct SvdfAttrs {
  int64_t rank = 1;
  Activation activation = Activation::None;  ///< of floats; int8 results are limited to int8, as TFLite does
  template <class V>
  void fields(V&& v) {
    v("rank", rank, "filters per unit", at_least(1));
    v("activation", activation, "fused activation");
  }
};

/// From the feature product to the state, and from the time product to the output.
struct SvdfMultipliers {
  Multiplier state, output;
};
SvdfMultipliers svdf_multipliers(const TensorType& x, const TensorType& feature, const TensorType& time, const TensorType& state,
                                 const TensorType& y);

}  // namespace thimble

/// y = W x + b over the last axis; weights are [units, features] as TFLite keeps them.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

struct FullyConnectedAttrs {
  Activation activation = Activation::None;
  bool keep_dims = false;
  template <class V>
  void fields(V&& v) {
    v("activation", activation, "fused activation");
    v("keep_dims", keep_dims, "keep the leading axes of the input instead of flattening them");
  }
};

/// The multiplier of each unit; with one weight scale TFLite rounds differently than with one per unit.
std::vector<Multiplier> fully_connected_multipliers(const TensorType& x, const TensorType& w, const TensorType& y);

}  // namespace thimble

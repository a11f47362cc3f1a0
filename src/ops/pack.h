/// Tensors of one shape laid one after the other along a new axis.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

struct PackAttrs {
  int64_t axis = 0;
  template <class V>
  void fields(V&& v) {
    v("axis", axis, "the axis of the output that counts the inputs, counted from the front", at_least(0));
  }
};

}  // namespace thimble

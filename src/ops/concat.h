/// Any number of tensors joined along one axis.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

struct ConcatAttrs {
  int64_t axis = 0;
  template <class V>
  void fields(V&& v) {
    v("axis", axis, "the axis along which the inputs follow each other, counted from the front", at_least(0));
  }
};

}  // namespace thimble

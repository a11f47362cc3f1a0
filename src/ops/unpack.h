/// One tensor per element of an axis, without that axis.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

struct UnpackAttrs {
  int64_t axis = 0;
  template <class V>
  void fields(V&& v) {
    v("axis", axis, "the axis of the input that counts the outputs, counted from the front", at_least(0));
  }
};

}  // namespace thimble

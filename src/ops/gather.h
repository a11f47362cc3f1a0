/// Slices of a tensor picked by number.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

/// Operand 1 holds the numbers; the output has its axes in place of `axis`.
struct GatherAttrs {
  int64_t axis = 0;
  template <class V>
  void fields(V&& v) {
    v("axis", axis, "the axis from which slices are picked, counted from the front", at_least(0));
  }
};

}  // namespace thimble

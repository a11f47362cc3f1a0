/// Slices of a tensor picked by number.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

/// Operand 1 holds the numbers; the output has its axes in place of `axis`. Numbers that come at run time and do not exist pick the
/// nearest slice that does, so that no input can make the device read elsewhere.
struct GatherAttrs {
  int64_t axis = 0;
  template <class V>
  void fields(V&& v) {
    v("axis", axis, "the axis from which slices are picked, counted from the front", at_least(0));
  }
};

}  // namespace thimble

/// One tensor cut along one axis into several.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

struct SplitAttrs {
  int64_t axis = 0;
  std::vector<int64_t> sizes;
  template <class V>
  void fields(V&& v) {
    v("axis", axis, "the axis that is cut, counted from the front", at_least(0));
    v("sizes", sizes, "elements along the axis that each output gets");
  }
};

}  // namespace thimble

/// The axes in another order.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

struct TransposeAttrs {
  std::vector<int64_t> perm;
  template <class V>
  void fields(V&& v) {
    v("perm", perm, "for each axis of the output, the axis of the input that it was");
  }
};

}  // namespace thimble

/// The same elements in the same order under another shape. Squeeze and expand-dims are spelled so, too.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

struct ReshapeAttrs {
  std::vector<int64_t> shape;
  template <class V>
  void fields(V&& v) {
    v("shape", shape, "every dimension of the output");
  }
};

}  // namespace thimble

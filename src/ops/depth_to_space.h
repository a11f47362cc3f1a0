/// Channels spread over square blocks of pixels, and back (space to depth).
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

struct BlockAttrs {
  int64_t block = 2;
  template <class V>
  void fields(V&& v) {
    v("block", block, "rows and columns of a block", at_least(1));
  }
};

}  // namespace thimble

/// One line on what the op computes, in the words of a user.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

struct ExampleAttrs {
  int64_t factor = 2;
  template <class V>
  void fields(V&& v) {
    v("factor", factor, "what each element is multiplied by", at_least(1));
  }
};

}  // namespace thimble

/// The shape of a tensor as numbers. Shapes are fixed here, so it is a constant; exports with a dynamic batch compute with it.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

struct ShapeAttrs {
  bool wide = false;
  template <class V>
  void fields(V&& v) {
    v("wide", wide, "the numbers are i64 instead of i32");
  }
};

}  // namespace thimble

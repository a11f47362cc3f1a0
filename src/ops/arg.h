/// The index of the largest or smallest element along an axis.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

/// Of equal elements the first wins.
struct ArgAttrs {
  int64_t axis = 0;
  bool wide = false;
  template <class V>
  void fields(V&& v) {
    v("axis", axis, "the axis that is searched, counted from the front", at_least(0));
    v("wide", wide, "the indices are i64 instead of i32");
  }
};

}  // namespace thimble

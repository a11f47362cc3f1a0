/// A part of a tensor: along each axis a first element, a step and a count. Slices without steps are spelled so, too.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

/// Masks, negative numbers and ranges beyond the ends are resolved when a model is read.
struct StridedSliceAttrs {
  std::vector<int64_t> begin, size, step;
  std::vector<int64_t> shape;
  template <class V>
  void fields(V&& v) {
    v("begin", begin, "first element along each axis");
    v("size", size, "elements along each axis");
    v("step", step, "from one element to the next along each axis; negative goes backwards");
    v("shape", shape, "shape of the output: size, but for axes of 1 that are dropped or added");
  }
};

}  // namespace thimble

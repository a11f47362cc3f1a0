/// How single results become an answer; the C is runtime/core/smoothing.h.
#pragma once

#include <cstdint>

#include "base/fields.h"

namespace thimble {

/// An answer from the last few results: a class, or none that is sure enough.
struct Smoothing {
  int64_t readings = 1, same = 1;
  double confidence = 0;
  template <class V>
  void fields(V&& v) {
    v("readings", readings, "of how many results, the latest ones, the answer is made", between(1, 100));
    v("same", same, "how many of them must name one class; else the answer is: uncertain", between(1, 100));
    v("confidence", confidence, "the score below which a result names no class", between(0, 1));
  }
};

}  // namespace thimble

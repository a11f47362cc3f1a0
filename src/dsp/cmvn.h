/// The normalisation that follows cepstra, by itself: what a window of streamed rows goes through.
#pragma once

#include "base/fields.h"
#include "ir/call.h"
#include "runtime/dsp/cmvn.h"

namespace thimble {

struct CmvnAttrs {
  int64_t win_size = 101;
  double least_deviation = 1e-3;
  template <class V>
  void fields(V&& v) {
    v("win_size", win_size, "rows over which a column is brought to mean 0 and deviation 1, odd", between(1, 1001));
    v("least_deviation", least_deviation, "added to the deviation that is divided by, so that silence stays small", at_least(0));
  }
};

thimble_cmvn_shape cmvn_shape(int64_t rows, int64_t columns, int64_t win_size, double least_deviation);
int64_t cmvn_scratch_floats(const thimble_cmvn_shape& shape);
std::string cmvn_literal(const thimble_cmvn_shape& shape);
/// Float operations and memory accesses, roughly.
double cmvn_work(const thimble_cmvn_shape& shape);

}  // namespace thimble

/// Average and maximum over windows of rows and columns. Padding takes no part: averages divide by the taps inside the input.
#pragma once

#include "ops/window2d.h"

namespace thimble {

struct Pool2dAttrs : Window2dAttrs {
  int64_t kernel_h = 1, kernel_w = 1;
  Activation activation = Activation::None;
  template <class V>
  void fields(V&& v) {
    Window2dAttrs::fields(v);
    v("kernel_h", kernel_h, "rows of the window", at_least(1));
    v("kernel_w", kernel_w, "columns of the window", at_least(1));
    v("activation", activation, "fused activation");
  }
};

}  // namespace thimble

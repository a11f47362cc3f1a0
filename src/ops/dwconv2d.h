/// Depthwise convolution: every input channel has its own `multiplier` filters; weights are [1, rows, columns, channels * multiplier].
#pragma once

#include "ops/window2d.h"

namespace thimble {

struct Dwconv2dAttrs : Window2dAttrs {
  Activation activation = Activation::None;
  template <class V>
  void fields(V&& v) {
    Window2dAttrs::fields(v);
    v("activation", activation, "fused activation");
  }
};

}  // namespace thimble

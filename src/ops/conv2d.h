/// Convolution of [batch, rows, columns, channels] with weights [filters, rows, columns, channels / groups].
#pragma once

#include "ops/window2d.h"

namespace thimble {

struct Conv2dAttrs : Window2dAttrs {
  Activation activation = Activation::None;
  template <class V>
  void fields(V&& v) {
    Window2dAttrs::fields(v);
    v("activation", activation, "fused activation");
  }
};

}  // namespace thimble

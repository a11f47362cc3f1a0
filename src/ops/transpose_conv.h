/// Transposed convolution: each input pixel adds its filters, scaled, to the output. Weights are [filters, rows, columns, channels].
#pragma once

#include "ops/window2d.h"

namespace thimble {

struct TransposeConvAttrs {
  Padding padding = Padding::Same;
  int64_t stride_h = 1, stride_w = 1;
  int64_t out_h = 1, out_w = 1;
  Activation activation = Activation::None;
  template <class V>
  void fields(V&& v) {
    v("padding", padding, "same | valid: of the convolution that leads back from output to input");
    v("stride_h", stride_h, "rows of the output between input rows", at_least(1));
    v("stride_w", stride_w, "columns of the output between input columns", at_least(1));
    v("out_h", out_h, "rows of the output", at_least(1));
    v("out_w", out_w, "columns of the output", at_least(1));
    v("activation", activation, "fused activation");
  }
};

/// The window that leads back from output to input: its in_h and in_w are the output's, its pads those that TFLite applies.
Window2d transposed_window(const TransposeConvAttrs& attrs, const TensorType& input, const TensorType& weights);

}  // namespace thimble

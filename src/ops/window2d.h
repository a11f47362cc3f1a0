/// The window that slides over rows and columns of [batch, rows, columns, channels]: what conv2d, dwconv2d and the pools share.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "ops/arithmetic.h"

namespace thimble {

struct Window2dAttrs {
  Padding padding = Padding::Valid;
  std::vector<int64_t> pads;  ///< top, bottom, left, right; empty: as `padding` says
  int64_t stride_h = 1, stride_w = 1;
  int64_t dilation_h = 1, dilation_w = 1;
  template <class V>
  void fields(V&& v) {
    v("padding", padding, "same | valid");
    v("pads", pads, "padding at the top, bottom, left and right, where neither same nor valid gives it");
    v("stride_h", stride_h, "rows between windows", at_least(1));
    v("stride_w", stride_w, "columns between windows", at_least(1));
    v("dilation_h", dilation_h, "rows between taps", at_least(1));
    v("dilation_w", dilation_w, "columns between taps", at_least(1));
  }
};

/// A window laid over one input: every number that the loops of an op or a kernel need.
struct Window2d {
  int64_t batches = 1, in_h = 0, in_w = 0, in_c = 0, out_h = 0, out_w = 0, kernel_h = 0, kernel_w = 0;
  int64_t stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1, pad_top = 0, pad_left = 0;

  /// Calls f(ky, kx, offset of the first channel) for the taps of one output pixel that lie inside the input, row by row.
  template <class F>
  void for_each_tap(int64_t batch, int64_t oy, int64_t ox, F f) const {
    for (int64_t ky = 0; ky < kernel_h; ++ky)
      for (int64_t kx = 0; kx < kernel_w; ++kx) {
        const int64_t iy = oy * stride_h - pad_top + ky * dilation_h, ix = ox * stride_w - pad_left + kx * dilation_w;
        if (iy >= 0 && iy < in_h && ix >= 0 && ix < in_w) f(ky, kx, ((batch * in_h + iy) * in_w + ix) * in_c);
      }
  }
  /// Calls f(batch, oy, ox, index of the pixel) for every output pixel, in memory order.
  template <class F>
  void for_each_pixel(F f) const {
    for (int64_t batch = 0, pixel = 0; batch < batches; ++batch)
      for (int64_t oy = 0; oy < out_h; ++oy)
        for (int64_t ox = 0; ox < out_w; ++ox, ++pixel) f(batch, oy, ox, pixel);
  }
};

/// Lays a kernel_h x kernel_w window over `x`; a User error where it does not fit.
inline Window2d lay_window(const Window2dAttrs& a, const TensorType& x, int64_t kernel_h, int64_t kernel_w) {
  expect(x.rank() == 4, "the input must be [batch, rows, columns, channels]");
  expect(a.stride_h > 0 && a.stride_w > 0 && a.dilation_h > 0 && a.dilation_w > 0, "strides and dilations must be at least 1");
  expect(kernel_h > 0 && kernel_w > 0, "a window needs at least one row and one column");
  expect(a.pads.empty() || (a.pads.size() == 4 && *std::min_element(a.pads.begin(), a.pads.end()) >= 0),
         "explicit padding needs four numbers that are not negative: top, bottom, left, right");
  Window2d w{x.shape[0], x.shape[1], x.shape[2], x.shape[3], 0, 0, kernel_h, kernel_w, a.stride_h, a.stride_w, a.dilation_h, a.dilation_w};
  if (a.pads.empty()) {
    const Window rows = window(w.in_h, kernel_h, a.stride_h, a.dilation_h, a.padding);
    const Window columns = window(w.in_w, kernel_w, a.stride_w, a.dilation_w, a.padding);
    w.out_h = rows.out, w.pad_top = rows.pad_before;
    w.out_w = columns.out, w.pad_left = columns.pad_before;
  } else {
    w.out_h = window(w.in_h + a.pads[0] + a.pads[1], kernel_h, a.stride_h, a.dilation_h, Padding::Valid).out, w.pad_top = a.pads[0];
    w.out_w = window(w.in_w + a.pads[2] + a.pads[3], kernel_w, a.stride_w, a.dilation_w, Padding::Valid).out, w.pad_left = a.pads[2];
  }
  expect(w.out_h > 0 && w.out_w > 0, "the window is larger than the input");
  return w;
}

/// The attributes that TFLite's convolutions spell alike.
inline Window2dAttrs read_window(const ForeignNode& node) {
  Window2dAttrs a;
  a.padding = read_padding(node);
  a.stride_h = attr_or<int64_t>(node, "stride_h", 1), a.stride_w = attr_or<int64_t>(node, "stride_w", 1);
  a.dilation_h = attr_or<int64_t>(node, "dilation_h_factor", 1), a.dilation_w = attr_or<int64_t>(node, "dilation_w_factor", 1);
  return a;
}
inline AttrBag write_window(const Window2dAttrs& a) {
  return {{"padding", write_padding(a.padding)}, {"stride_h", a.stride_h}, {"stride_w", a.stride_w}};
}

}  // namespace thimble

#include <ATen/ATen.h>

#include <limits>

#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "ops/pool2d.h"
#include "train/lower_torch.h"

// Pictures stay [batch, rows, columns, channels]; torch is shown [batch, channels, rows, columns] without moving a byte, which is the
// layout that it calls channels_last.

namespace thimble {

using at::Tensor;
using Tensors = std::vector<Tensor>;

Tensor to_planes(const Tensor& x) { return x.permute({0, 3, 1, 2}); }
Tensor to_pixels(const Tensor& x) { return x.permute({0, 2, 3, 1}); }

namespace {

struct Pads {
  int64_t top, bottom, left, right;
  bool even() const { return top == bottom && left == right; }
};

Pads pads_of(const Window2dAttrs& a, const TensorType& x, int64_t kernel_h, int64_t kernel_w) {
  if (!a.pads.empty()) return {a.pads[0], a.pads[1], a.pads[2], a.pads[3]};
  const Window rows = window(x.shape[1], kernel_h, a.stride_h, a.dilation_h, a.padding);
  const Window columns = window(x.shape[2], kernel_w, a.stride_w, a.dilation_w, a.padding);
  return {rows.pad_before, rows.pad_after, columns.pad_before, columns.pad_after};
}

/// Padding that torch's windows cannot do, because it differs from side to side.
Tensor padded(const Tensor& planes, Pads& pads, double value) {
  if (pads.even()) return planes;
  const Tensor x = at::constant_pad_nd(planes, {pads.left, pads.right, pads.top, pads.bottom}, value);
  pads = {};
  return x;
}

Tensors convolve(const TorchCall& call, const Window2dAttrs& a, Activation activation, const Tensor& weights, int64_t kernel_h,
                 int64_t kernel_w, int64_t groups) {
  Pads pads = pads_of(a, call.type(0), kernel_h, kernel_w);
  const Tensor x = padded(to_planes(call.in[0]), pads, 0);
  const auto bias = call.in.size() > 2 && call.in[2].defined() ? c10::optional<Tensor>(call.in[2].reshape({-1})) : c10::nullopt;
  const Tensor y = at::conv2d(x, weights, bias, at::IntArrayRef{a.stride_h, a.stride_w}, at::IntArrayRef{pads.top, pads.left},
                              at::IntArrayRef{a.dilation_h, a.dilation_w}, groups);
  return {to_pixels(activated(activated(y, activation), call.then))};
}

/// The taps inside the input of each window: what an average divides by.
Tensor tap_counts(const TorchCall& call, const Pool2dAttrs& a, const Pads& pads) {
  const Shape& in = call.type(0).shape;
  const Tensor ones = at::ones({1, 1, in[1], in[2]}, call.in[0].options().requires_grad(false));
  const Tensor all = at::constant_pad_nd(ones, {pads.left, pads.right, pads.top, pads.bottom}, 0);
  return at::avg_pool2d(all, {a.kernel_h, a.kernel_w}, {a.stride_h, a.stride_w}, 0, false, false, 1);
}

}  // namespace

Tensors lower_conv2d(const TorchCall& call) {
  const auto& a = attrs_of<Conv2dAttrs>(call);
  const Shape& w = call.type(1).shape;
  return convolve(call, a, a.activation, to_planes(call.in[1]), w[1], w[2], call.type(0).shape[3] / w[3]);
}

Tensors lower_dwconv2d(const TorchCall& call) {
  const auto& a = attrs_of<Dwconv2dAttrs>(call);
  const Shape& w = call.type(1).shape;
  return convolve(call, a, a.activation, call.in[1].permute({3, 0, 1, 2}), w[1], w[2], call.type(0).shape[3]);
}

Tensors lower_average_pool2d(const TorchCall& call) {
  const auto& a = attrs_of<Pool2dAttrs>(call);
  Pads pads = pads_of(a, call.type(0), a.kernel_h, a.kernel_w);
  expect(a.dilation_h == 1 && a.dilation_w == 1, "an average with dilation cannot be trained");
  const Tensor counts = tap_counts(call, a, pads);
  const Tensor x = at::constant_pad_nd(to_planes(call.in[0]), {pads.left, pads.right, pads.top, pads.bottom}, 0);
  const Tensor sums = at::avg_pool2d(x, {a.kernel_h, a.kernel_w}, {a.stride_h, a.stride_w}, 0, false, false, 1);
  return {to_pixels(activated(sums / counts, a.activation))};
}

Tensors lower_max_pool2d(const TorchCall& call) {
  const auto& a = attrs_of<Pool2dAttrs>(call);
  Pads pads = pads_of(a, call.type(0), a.kernel_h, a.kernel_w);
  Tensor x = to_planes(call.in[0]);
  if (pads.top * 2 > a.kernel_h || pads.left * 2 > a.kernel_w) pads.bottom = pads.top + 1;  // more than torch pads: by hand
  x = padded(x, pads, -std::numeric_limits<double>::infinity());
  const Tensor y =
      at::max_pool2d(x, {a.kernel_h, a.kernel_w}, {a.stride_h, a.stride_w}, {pads.top, pads.left}, {a.dilation_h, a.dilation_w});
  return {to_pixels(a.activation == Activation::None ? y : activated(y.clone(), a.activation))};
}

}  // namespace thimble

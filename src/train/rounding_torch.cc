#include "train/rounding_torch.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

namespace thimble {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct RoundActivation : torch::autograd::Function<RoundActivation> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& bounds, double scale, int64_t zero) {
    auto [y, inside] = at::fake_quantize_per_tensor_affine_cachemask(x, scale, zero, -128, 127);
    context->save_for_backward({x, y, inside});
    context->saved_data["span"] = scale * 255;
    context->saved_data["learnt"] = bounds.requires_grad();
    return y;
  }

  /// The code of x is round(x / scale + zero), so inside y grows with the scale by (y - x) / scale; the scale is (high - low) / 255.
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensor &x = saved[0], &y = saved[1], &inside = saved[2], &g = gradients[0];
    const Tensor to_x = g * inside;
    if (!context->saved_data["learnt"].toBool()) return {to_x, Tensor(), Tensor(), Tensor()};
    const Tensor error = y - x, outside = g - to_x;
    const Tensor stretch = (to_x * error).sum() / context->saved_data["span"].toDouble();
    const Tensor above = (outside * (error < 0)).sum(), below = (outside * (error > 0)).sum();
    return {to_x, at::stack({below - stretch, above + stretch}), Tensor(), Tensor()};
  }
};

}  // namespace

Tensor round_activation(const Tensor& x, const Quant& quant, const Tensor& bounds) {
  // Autograd asks every tensor for its device.
  const Tensor fixed = bounds.defined() ? bounds : at::empty({0}, x.options().requires_grad(false));
  return RoundActivation::apply(x, fixed, static_cast<double>(quant.scale[0]), int64_t{quant.zero[0]});
}

Tensor round_weights(const Tensor& weights, const Quant& quant, int64_t axis) {
  const auto options = weights.options().requires_grad(false);
  const auto channels = static_cast<int64_t>(quant.scale.size());
  const Tensor scale = at::tensor(at::ArrayRef<float>(quant.scale)).to(options);
  if (channels == 1) return at::fake_quantize_per_tensor_affine(weights, static_cast<double>(quant.scale[0]), 0, -127, 127);
  return at::fake_quantize_per_channel_affine(weights, scale, at::zeros({channels}, options.dtype(at::kInt)), axis, -127, 127);
}

}  // namespace thimble

#include "train/optimizer_torch.h"

#include <ATen/ATen.h>

#include <cmath>

namespace thimble {

using at::Tensor;

struct Stepper::Impl {
  const TrainOptions& options;
  Optimizer kind;
  Tensor parameters, gradients, decayed, first, second;

  void adam(double rate, int64_t count) {
    constexpr double kFirst = 0.9, kSecond = 0.999, kEpsilon = 1e-8;
    const auto n = static_cast<double>(count + 1);
    const Tensor& g = gradients;
    first.lerp_(g, 1 - kFirst);
    second.mul_(kSecond).addcmul_(g, g, 1 - kSecond);
    const Tensor size = second.sqrt().div_(std::sqrt(1 - std::pow(kSecond, n))).add_(kEpsilon);
    parameters.addcdiv_(first, size, -rate / (1 - std::pow(kFirst, n)));
  }

  void sgd(double rate) {
    first.mul_(options.momentum).add_(gradients);
    parameters.add_(first, -rate);
  }
};

Stepper::Stepper(const TrainOptions& options, Optimizer kind, Tensor& parameters, Tensor& gradients, const Tensor& decayed)
    : impl_(new Impl{options, kind, parameters.detach(), gradients, decayed, {}, {}}) {
  impl_->first = at::zeros_like(impl_->parameters);
  impl_->second = kind == Optimizer::Sgd ? at::zeros({0}) : at::zeros_like(impl_->parameters);
}
Stepper::~Stepper() = default;

void Stepper::step(double rate, int64_t count) {
  const at::NoGradGuard none;
  Impl& impl = *impl_;
  const double decay = impl.decayed.defined() ? impl.options.weight_decay : 0;
  // Decay apart from the gradient is what tells adamw from adam (Loshchilov and Hutter 2017).
  if (decay > 0 && impl.kind == Optimizer::Adamw) impl.parameters.addcmul_(impl.parameters, impl.decayed, -rate * decay);
  if (decay > 0 && impl.kind != Optimizer::Adamw) impl.gradients.addcmul_(impl.parameters, impl.decayed, decay);
  if (impl.kind == Optimizer::Sgd)
    impl.sgd(rate);
  else
    impl.adam(rate, count);
  impl.gradients.zero_();
}

std::vector<Tensor> Stepper::memory() const { return {impl_->first, impl_->second}; }

}  // namespace thimble

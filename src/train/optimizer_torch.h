/// Steps along the gradient, over rows of parameters that lie side by side in memory.
#pragma once

#include <memory>
#include <vector>

#include "train/train.h"

namespace at {
class Tensor;
}

namespace thimble {

class Stepper {
 public:
  /// `decayed`: 1 for each parameter that weight decay pulls; undefined: none.
  Stepper(const TrainOptions& options, Optimizer kind, at::Tensor& parameters, at::Tensor& gradients, const at::Tensor& decayed);
  ~Stepper();
  /// One step by what `gradients` holds, which is then 0 again. `count`: steps done before.
  void step(double learning_rate, int64_t count);

  /// What it remembers from step to step.
  std::vector<at::Tensor> memory() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace thimble

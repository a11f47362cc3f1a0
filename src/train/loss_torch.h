/// What a task wants made small.
#pragma once

#include "train/train.h"

namespace at {
class Tensor;
}

namespace thimble {

/// The value that the loss looks at: what goes into a last softmax or logistic where the task has one, else the output.
ValueId scores_of(const Graph& network, Task task);

/// Targets for every example: a row per example, one column per class, label or number.
at::Tensor targets_of(Task task, const Examples& examples, int64_t columns);

/// A weight per class that makes all classes count alike; undefined for ClassWeights::None.
at::Tensor class_weights_of(const TrainOptions& options, Task task, const at::Tensor& targets);

struct Loss {
  Task task;
  double smoothing = 0;
  const at::Tensor& class_weights;

  /// The mean over the examples. `scores` may have any shape whose rows are the examples.
  at::Tensor operator()(const at::Tensor& scores, const at::Tensor& targets) const;
};

/// The same of finished outputs (probabilities, numbers), without smoothing and weights.
at::Tensor loss_of_outputs(Task task, const at::Tensor& outputs, const at::Tensor& targets);
/// How many classes (or labels, as parts of an example) are right. `scores` or outputs: what is largest is the same.
double count_right(Task task, const at::Tensor& scores, const at::Tensor& targets, bool finished);

}  // namespace thimble

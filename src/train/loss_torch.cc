#include "train/loss_torch.h"

#include <ATen/ATen.h>

namespace thimble {
namespace {

using at::Tensor;

Tensor rows_of(const Tensor& x, const Tensor& like) { return x.reshape({like.size(0), -1}); }

Tensor smoothed(Task task, const Tensor& targets, double smoothing) {
  if (smoothing == 0) return targets;
  const auto choices = task == Task::Classification ? static_cast<double>(targets.size(1)) : 2.0;
  return targets * (1 - smoothing) + smoothing / choices;
}

}  // namespace

ValueId scores_of(const Graph& network, Task task) {
  const ValueId output = network.outputs[0];
  const std::string_view last = task == Task::Classification ? "softmax" : task == Task::MultiLabel ? "logistic" : "";
  for (const Node& node : network.nodes)
    if (node.out[0] == output && node.op->name == last) return node.in[0];
  if (!last.empty())
    throw Error(Blame::User,
                "the network's last layer is not " + std::string(last) + ", as learning " +
                    (task == Task::Classification ? "classes" : "several labels") + " needs it",
                "take the task that it was made for, or end it in " + std::string(last));
  return output;
}

Tensor targets_of(Task task, const Examples& examples, int64_t columns) {
  const int64_t n = examples.count();
  const auto copied = [&](const std::vector<float>& all) {
    return at::from_blob(const_cast<float*>(all.data()), {n, columns}, at::kFloat).clone();
  };
  if (task == Task::Reconstruction) return copied(examples.values);
  if (task != Task::Classification) {
    if (static_cast<int64_t>(examples.targets.size()) != n * columns)
      throw Error(Blame::User, "the network gives " + std::to_string(columns) + " numbers an example, but " +
                                   std::to_string(examples.targets.size()) + " are there for " + std::to_string(n) + " examples");
    return copied(examples.targets);
  }
  if (static_cast<int64_t>(examples.labels.size()) != n)
    throw Error(Blame::User, "some examples have no label, and classes are to be learnt");
  Tensor one_hot = at::zeros({n, columns});
  for (int64_t i = 0; i < n; ++i) {
    const int32_t label = examples.labels[static_cast<size_t>(i)];
    if (label < 0 || label >= columns)
      throw Error(Blame::User, "an example is of class " + std::to_string(label) + ", but the network tells " + std::to_string(columns) +
                                   " classes apart (0 to " + std::to_string(columns - 1) + ")");
    one_hot.data_ptr<float>()[i * columns + label] = 1;
  }
  return one_hot;
}

Tensor class_weights_of(const TrainOptions& options, Task task, const Tensor& targets) {
  if (options.class_weights == ClassWeights::None || task != Task::Classification) return {};
  const Tensor counts = targets.sum(0);
  const Tensor weights = static_cast<double>(targets.size(0)) / (counts.clamp_min(1) * static_cast<double>(targets.size(1)));
  return weights * (counts > 0);
}

Tensor Loss::operator()(const Tensor& scores, const Tensor& targets) const {
  const Tensor x = rows_of(scores, targets), t = smoothed(task, targets, smoothing);
  if (task == Task::MultiLabel) return at::binary_cross_entropy_with_logits(x, t, {}, {});
  if (task != Task::Classification) return at::mse_loss(x, t);
  const Tensor each = -at::log_softmax(x, 1) * t;
  if (!class_weights.defined()) return each.sum() / static_cast<double>(x.size(0));
  return (each * class_weights).sum() / (targets * class_weights).sum();
}

Tensor loss_of_outputs(Task task, const Tensor& outputs, const Tensor& targets) {
  constexpr double kLeast = 1.0 / 1024;  // below what int8 can say
  const Tensor x = rows_of(outputs, targets);
  if (task == Task::MultiLabel) return at::binary_cross_entropy(x.clamp(kLeast, 1 - kLeast), targets);
  if (task != Task::Classification) return at::mse_loss(x, targets);
  return -(x.clamp_min(kLeast).log() * targets).sum() / static_cast<double>(x.size(0));
}

double count_right(Task task, const Tensor& scores, const Tensor& targets, bool finished) {
  const Tensor x = rows_of(scores, targets);
  if (task == Task::Classification) return (x.argmax(1) == targets.argmax(1)).sum().item<double>();
  if (task != Task::MultiLabel) return 0;
  const Tensor right = (x >= (finished ? 0.5 : 0.0)) == (targets >= 0.5);
  return right.sum().item<double>() / static_cast<double>(x.size(1));
}

}  // namespace thimble

/// A graph on libtorch: its float constants are what is trained, and values may be rounded as int8 would round them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "compress/quantize.h"
#include "train/lower_torch.h"

namespace thimble {

/// What a pass through the network is for.
struct Passage {
  bool training = false;  ///< batch statistics and dropout
  double dropout = 0;
  bool rounded = false;  ///< weights and activations as int8 has them
  ValueId until = kAbsent;
};

class TorchNetwork {
 public:
  /// The graph must have one input and one output, whose first axis is the batch; an Unsupported error names all ops that cannot be
  /// trained.
  TorchNetwork(const Graph& graph, bool cuda);
  ~TorchNetwork();

  /// The value `until` (by default the graph's output) for a batch of inputs; `each` is shown every value on the way.
  at::Tensor forward(const at::Tensor& batch, const Passage& passage,
                     const std::function<void(ValueId, const at::Tensor&)>& each = nullptr);

  /// All that is trained in one row, and the gradients beside it: both are views that the passes use.
  at::Tensor& parameters();
  at::Tensor& gradients();
  /// 1 where weight decay pulls: weights, but no bias, no gamma, no beta.
  const at::Tensor& decayed() const;
  /// What moves without a gradient: the running means and variances of batch norms.
  std::vector<at::Tensor> statistics() const;

  /// Rounding: the ranges from which training begins, by ValueId. They become parameters, two for each value.
  void begin_rounding(const Ranges& ranges);
  at::Tensor& range_parameters();
  at::Tensor& range_gradients();
  Ranges ranges() const;

  /// The graph with the constants as they now are.
  Graph graph() const;
  at::Tensor on_device(const at::Tensor& tensor) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace thimble

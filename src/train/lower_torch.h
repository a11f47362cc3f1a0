/// How libtorch computes an op: one row of a table. To make an op trainable, add a row to the table in lower_torch.cc.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "ir/graph.h"
#include "ops/arithmetic.h"

namespace at {
class Tensor;
}

namespace thimble {

/// One node, for a whole batch at once: the first axis of what flows is as long as the batch, where the graph has 1.
struct TorchCall {
  const Graph& graph;
  const Node& node;
  std::span<const at::Tensor> in;  ///< by operand, axes in the graph's order; undefined where absent
  int64_t batch = 1;
  bool training = false;               ///< batch norm: by the batch's own statistics, which move the running ones
  Activation then = Activation::None;  ///< done to the result by a node of its own that nothing else comes before; only where `fuses`

  const TensorType& type(size_t i) const { return graph.type(node.in[i]); }
  const TensorType& out_type(size_t i = 0) const { return graph.type(node.out[i]); }
};

using Lowering = std::vector<at::Tensor> (*)(const TorchCall&);
/// Null where the op cannot be trained.
Lowering lowering_of(std::string_view op);

/// Does the lowering of the op look at TorchCall::then?
bool fuses(std::string_view op);

/// Lowerings in files of their own: lower_lstm_torch.cc, and lower_window2d_torch.cc for what slides over pictures.
std::vector<at::Tensor> lower_lstm(const TorchCall& call);
std::vector<at::Tensor> lower_conv2d(const TorchCall& call);
std::vector<at::Tensor> lower_dwconv2d(const TorchCall& call);
std::vector<at::Tensor> lower_average_pool2d(const TorchCall& call);
std::vector<at::Tensor> lower_max_pool2d(const TorchCall& call);

template <class A>
const A& attrs_of(const TorchCall& call) {
  return call.node.attrs.as<A>();
}

/// `x` is nobody else's: overwritten where that saves a pass over memory.
at::Tensor activated(at::Tensor x, Activation activation);

/// Pictures as torch wants them, and back, without moving a byte.
at::Tensor to_planes(const at::Tensor& pixels);
at::Tensor to_pixels(const at::Tensor& planes);

/// The order of axes in which a constant operand is kept while it is trained, as torch wants it: axis i is axis order[i] of the graph's.
/// Empty: as it is.
std::vector<int64_t> kept_order(const Node& node, size_t operand);

}  // namespace thimble

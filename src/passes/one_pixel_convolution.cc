#include <fmt/format.h>

#include <algorithm>

#include "ops/conv2d.h"
#include "ops/fully_connected.h"
#include "ops/ops.h"
#include "ops/reshape.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace thimble {
namespace {

/// True when the only window is the whole map, without a border.
bool covers_map(const Node& node, const TensorType& x, const TensorType& w) {
  const auto& attrs = node.attrs.as<Conv2dAttrs>();
  const Window2d at = lay_window(attrs, x, w.shape[1], w.shape[2]);
  const auto whole = [](int64_t size, int64_t kernel, int64_t dilation, int64_t out) {
    return size == kernel && out == 1 && (dilation == 1 || kernel == 1);
  };
  return whole(at.in_h, at.kernel_h, at.dilation_h, at.out_h) && whole(at.in_w, at.kernel_w, at.dilation_w, at.out_w) && at.pad_top == 0 &&
         at.pad_left == 0 && x.shape[3] == w.shape[3];
}

/// TFLite rounds the multiplier of a single weight scale otherwise for a fully connected layer than for a convolution.
bool scales_alike(const TensorType& x, const TensorType& w, const TensorType& y) {
  return x.dtype == DType::F32 || fully_connected_multipliers(x, w, y) == channel_multipliers(x, w, y, w.shape[0]);
}

/// Puts a reshape to [batch, 1, 1, features] before node `n`; the node's index afterwards.
size_t flatten_before(Graph& graph, size_t n) {
  const ValueId from = graph.nodes[n].in[0];
  const TensorType x = graph.type(from);
  const Shape flat = {x.shape[0], 1, 1, x.elements() / x.shape[0]};
  if (flat == x.shape) return n;
  const std::string name = graph.nodes[n].name + "/flat";
  const ValueId to = graph.add_value({name, {x.dtype, flat, x.quant}, nullptr, false});
  graph.nodes[n].in[0] = to;
  graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(n),
                     Node{&op_named("reshape"), name, {from}, {to}, ReshapeAttrs{flat}});
  return n + 1;
}

int run(Graph& graph, PassContext& context) {
  int rewrites = 0;
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& conv = graph.nodes[n];
    const Value* weights = is_op(conv, {"conv2d"}) ? constant_operand(graph, conv, 1) : nullptr;
    if (!weights || !covers_map(conv, graph.type(conv.in[0]), weights->type)) continue;
    Value matrix = *weights;
    matrix.type.shape = {matrix.type.shape[0], matrix.type.elements() / matrix.type.shape[0]};
    if (!scales_alike(graph.type(conv.in[0]), matrix.type, graph.type(conv.out[0]))) continue;
    n = flatten_before(graph, n);
    Node& node = graph.nodes[n];
    node.in[1] = graph.add_value(std::move(matrix));
    node.op = &op_named("fully_connected");
    node.attrs = FullyConnectedAttrs{node.attrs.as<Conv2dAttrs>().activation, /*keep_dims=*/true};
    context.note(fmt::format("'{}' sees the whole map at once", node.name));
    ++rewrites;
  }
  return rewrites;
}

}  // namespace

std::span<const Pass> one_pixel_convolution_passes() {
  static const Pass kPasses[] = {
      {"one_pixel_convolution", "write convolutions whose window is the whole map as fully connected layers", run}};
  return kPasses;
}

}  // namespace thimble

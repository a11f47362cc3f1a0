#include <fmt/format.h>

#include "ops/conv2d.h"
#include "ops/ops.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace thimble {
namespace {

/// Weights [1, rows, columns, filters] as [filters, rows, columns, 1].
Value filters_first(const Value& weights) {
  const auto size = static_cast<size_t>(bytes_of(weights.type.dtype));
  const Shape& shape = weights.type.shape;
  const auto filters = static_cast<size_t>(shape[3]), taps = static_cast<size_t>(shape[1] * shape[2]);
  Buffer bytes(weights.data->size());
  for (size_t f = 0; f < filters; ++f)
    for (size_t tap = 0; tap < taps; ++tap)
      std::copy_n(weights.data->begin() + static_cast<std::ptrdiff_t>((tap * filters + f) * size), size,
                  bytes.begin() + static_cast<std::ptrdiff_t>((f * taps + tap) * size));
  Value turned{
      weights.name, {weights.type.dtype, {shape[3], shape[1], shape[2], 1}, weights.type.quant}, make_bytes(std::move(bytes)), false};
  if (turned.type.quant.per_channel()) turned.type.quant.axis = 0;
  return turned;
}

/// With one channel to read, each filter of a depthwise convolution reads all there is.
int run(Graph& graph, PassContext& context) {
  int rewrites = 0;
  for (Node& node : graph.nodes) {
    if (!is_op(node, {"dwconv2d"}) || graph.type(node.in[0]).shape[3] != 1) continue;
    const Value* weights = constant_operand(graph, node, 1);
    if (!weights || (weights->type.quant.per_channel() && weights->type.quant.axis != 3)) continue;
    node.in[1] = graph.add_value(filters_first(*weights));
    const AttrBag attrs = node.attrs.bag();
    node.op = &op_named("conv2d");
    node.attrs = from_bag<Conv2dAttrs>(attrs);
    context.note(fmt::format("'{}' reads one channel, like a convolution", node.name));
    ++rewrites;
  }
  return rewrites;
}

}  // namespace

std::span<const Pass> one_channel_depthwise_passes() {
  static const Pass kPasses[] = {{"one_channel_depthwise", "write depthwise convolutions of a single channel as convolutions", run}};
  return kPasses;
}

}  // namespace thimble

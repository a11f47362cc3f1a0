#include "ops/depth_to_space.h"

#include "kernels/strided_copy.h"
#include "ops/indexing.h"

namespace thimble {
namespace {

/// Axes: batch, row of blocks, row in the block, column of blocks, column in the block with its channels.
KernelCall lower(const Node& node, const Graph& graph, ValueId spacious, ValueId deep) {
  const int64_t b = node.attrs.as<BlockAttrs>().block;
  const Shape& shape = graph.type(deep).shape;
  const auto space = strides_of(graph.type(spacious).shape), depth = strides_of(shape);
  const int64_t row_of_block = b * graph.type(spacious).shape[3];
  StridedCopy copy{{{shape[0], depth[0], space[0]},
                    {shape[1], depth[1], b * space[1]},
                    {b, row_of_block, space[1]},
                    {shape[2], depth[2], b * space[2]},
                    {row_of_block, 1, 1}}};
  if (spacious == node.in[0])
    for (CopyAxis& axis : copy.axes) std::swap(axis.from, axis.to);
  return copy_call(copy, element_bytes(node, graph), 0, 0);
}

KernelCall lower_depth_to_space(const Node& node, const Graph& graph) { return lower(node, graph, node.out[0], node.in[0]); }
KernelCall lower_space_to_depth(const Node& node, const Graph& graph) { return lower(node, graph, node.in[0], node.out[0]); }

}  // namespace

std::span<const Kernel> depth_to_space_kernels() {
  static const Kernel kRows[] = {strided_copy_row("depth_to_space_ref", "depth_to_space", lower_depth_to_space),
                                 strided_copy_row("space_to_depth_ref", "space_to_depth", lower_space_to_depth)};
  return kRows;
}

}  // namespace thimble

#include "ops/transpose.h"

#include "kernels/strided_copy.h"
#include "ops/indexing.h"

namespace thimble {
namespace {

KernelCall lower(const Node& node, const Graph& graph) {
  const auto strides = strides_of(graph.type(node.in[0]).shape);
  const Shape& shape = graph.type(node.out[0]).shape;
  std::vector<int64_t> from;
  for (int64_t axis : node.attrs.as<TransposeAttrs>().perm) from.push_back(strides[static_cast<size_t>(axis)]);
  return copy_call(block(shape, from, strides_of(shape)), element_bytes(node, graph), 0, 0);
}

}  // namespace

std::span<const Kernel> transpose_kernels() {
  static const Kernel kRows[] = {strided_copy_row("transpose_ref", "transpose", lower)};
  return kRows;
}

}  // namespace thimble

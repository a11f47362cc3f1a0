#include "ops/split.h"

#include "kernels/strided_copy.h"
#include "ops/indexing.h"

namespace thimble {
namespace {

KernelCall lower(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<SplitAttrs>();
  const auto strides = strides_of(graph.type(node.in[0]).shape);
  std::vector<KernelCall> calls;
  int64_t before = 0;
  for (size_t k = 0; k < node.out.size(); ++k) {
    const Shape& shape = graph.type(node.out[k]).shape;
    StridedCopy copy = block(shape, strides, strides_of(shape));
    copy.from = before * strides[static_cast<size_t>(a.axis)];
    calls.push_back(copy_call(copy, element_bytes(node, graph), 0, static_cast<int>(k)));
    before += a.sizes[k];
  }
  return in_order(std::move(calls));
}

}  // namespace

std::span<const Kernel> split_kernels() {
  static const Kernel kRows[] = {strided_copy_row("split_ref", "split", lower)};
  return kRows;
}

}  // namespace thimble

#include "ops/strided_slice.h"

#include "kernels/strided_copy.h"
#include "ops/indexing.h"

namespace thimble {
namespace {

KernelCall lower(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<StridedSliceAttrs>();
  const auto strides = strides_of(graph.type(node.in[0]).shape);
  StridedCopy copy = block(a.size, strides, strides_of(a.size));
  for (size_t i = 0; i < strides.size(); ++i) {
    copy.from += a.begin[i] * strides[i];
    copy.axes[i].from *= a.step[i];
  }
  return copy_call(copy, element_bytes(node, graph), 0, 0);
}

}  // namespace

std::span<const Kernel> strided_slice_kernels() {
  static const Kernel kRows[] = {strided_copy_row("strided_slice_ref", "strided_slice", lower)};
  return kRows;
}

}  // namespace thimble

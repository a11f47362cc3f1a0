#include "ops/unpack.h"

#include "kernels/strided_copy.h"
#include "ops/indexing.h"

namespace thimble {
namespace {

KernelCall lower(const Node& node, const Graph& graph) {
  const auto axis = static_cast<size_t>(node.attrs.as<UnpackAttrs>().axis);
  const Shape& shape = graph.type(node.out[0]).shape;
  auto strides = strides_of(graph.type(node.in[0]).shape);
  const int64_t run = strides[axis];
  strides.erase(strides.begin() + static_cast<std::ptrdiff_t>(axis));
  std::vector<KernelCall> calls;
  for (size_t k = 0; k < node.out.size(); ++k) {
    StridedCopy copy = block(shape, strides, strides_of(shape));
    copy.from = static_cast<int64_t>(k) * run;
    calls.push_back(copy_call(copy, element_bytes(node, graph), 0, static_cast<int>(k)));
  }
  return in_order(std::move(calls));
}

}  // namespace

std::span<const Kernel> unpack_kernels() {
  static const Kernel kRows[] = {strided_copy_row("unpack_ref", "unpack", lower)};
  return kRows;
}

}  // namespace thimble

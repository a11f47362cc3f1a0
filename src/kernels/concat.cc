#include "ops/concat.h"

#include "kernels/packing.h"
#include "kernels/strided_copy.h"
#include "ops/indexing.h"

namespace thimble {
namespace {

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  for (ValueId id : node.in)
    if (!same_scale(graph.type(id), graph.type(node.out[0]))) return "the inputs differ in scale or zero point from the output";
  return std::nullopt;
}

KernelCall lower(const Node& node, const Graph& graph) {
  const auto axis = static_cast<size_t>(node.attrs.as<ConcatAttrs>().axis);
  const auto strides = strides_of(graph.type(node.out[0]).shape);
  std::vector<KernelCall> calls;
  int64_t before = 0;
  for (size_t k = 0; k < node.in.size(); ++k) {
    const Shape& shape = graph.type(node.in[k]).shape;
    StridedCopy copy = block(shape, strides_of(shape), strides);
    copy.to = before * strides[axis];
    calls.push_back(copy_call(copy, element_bytes(node, graph), static_cast<int>(k), 0));
    before += shape[axis];
  }
  return in_order(std::move(calls));
}

}  // namespace

std::span<const Kernel> concat_kernels() {
  static const Kernel kRows[] = {{.name = "concat_ref",
                                  .source = kStridedCopySource,
                                  .op = "concat",
                                  .refuses = refuses,
                                  .cycles = cycles_per_output<4>,
                                  .lower = lower}};
  return kRows;
}

}  // namespace thimble

#include "ops/shape.h"

#include "kernels/packing.h"

namespace thimble {
namespace {

KernelCall lower(const Node& node, const Graph& graph) {
  const Shape& shape = graph.type(node.in[0]).shape;
  return KernelCall(node.attrs.as<ShapeAttrs>().wide ? "thimble_shape_s64" : "thimble_shape_s32")
      .output(0)
      .constant("dimensions", std::vector<int32_t>(shape.begin(), shape.end()))
      .geometry("thimble_shape_shape", {{"rank", c_literal(static_cast<int64_t>(shape.size()))}});
}

}  // namespace

std::span<const Kernel> shape_kernels() {
  static const Kernel kRows[] = {
      {.name = "shape_ref", .source = "kernels/shape_ref.h", .op = "shape", .cycles = cycles_per_output<4>, .lower = lower}};
  return kRows;
}

}  // namespace thimble

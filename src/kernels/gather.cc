#include "ops/gather.h"

#include "kernels/packing.h"
#include "ops/indexing.h"

namespace thimble {
namespace {

/// The function for indices that come at run time.
std::string_view function_for(DType indices) {
  switch (indices) {
    case DType::I16: return "thimble_gather_s16";
    case DType::I64: return "thimble_gather_s64";
    default: return "thimble_gather_s32";
  }
}

KernelCall with_indices(const Node& node, const Graph& graph) {
  if (!is_constant(graph, node, 1)) return KernelCall(std::string(function_for(graph.type(node.in[1]).dtype))).input(0).input(1);
  const auto indices = to_int64(input_views(graph, node)[1]);
  return KernelCall("thimble_gather_constant").input(0).constant("indices", std::vector<int32_t>(indices.begin(), indices.end()));
}

KernelCall lower(const Node& node, const Graph& graph) {
  const TensorType& x = graph.type(node.in[0]);
  const auto axis = static_cast<size_t>(node.attrs.as<GatherAttrs>().axis);
  const int64_t slice = strides_of(x.shape)[axis], size = x.shape[axis];
  return with_indices(node, graph)
      .output(0)
      .geometry("thimble_gather_shape", {{"blocks", c_literal(x.elements() / (slice * size))},
                                         {"size", c_literal(size)},
                                         {"count", c_literal(graph.type(node.in[1]).elements())},
                                         {"slice", c_literal(slice * bytes_of(x.dtype))}});
}

}  // namespace

std::span<const Kernel> gather_kernels() {
  static const Kernel kRows[] = {
      {.name = "gather_ref", .source = "kernels/gather_ref.h", .op = "gather", .cycles = cycles_per_output<4>, .lower = lower}};
  return kRows;
}

}  // namespace thimble

// Skeleton of src/kernels/example.cc: the rows that point at C functions, one per way to run the op.
#include "example.h"
#include "kernels/kernel.h"
#include "kernels/packing.h"

namespace thimble {
namespace {

std::optional<std::string> refuses_f32(const Node& node, const Graph& graph) {
  return refuse_unless({{dtype_is(graph, node, 0, DType::F32), "the input is not float"}});
}

KernelCall lower_f32(const Node& node, const Graph& graph) {
  return KernelCall("thimble_example_f32")
      .input(0)
      .output(0)
      .geometry("thimble_example_f32_shape", {{"elements", c_literal(graph.type(node.out[0]).elements())},
                                              {"factor", c_literal(static_cast<float>(node.attrs.as<ExampleAttrs>().factor))}});
}

}  // namespace

std::span<const Kernel> example_kernels() {
  static const Kernel kRows[] = {{.name = "example_f32_ref",
                                  .source = "kernels/example_ref.h",
                                  .op = "example",
                                  .refuses = refuses_f32,
                                  .cycles = cycles_per_output<4>,
                                  .lower = lower_f32,
                                  .in_place = true}};
  return kRows;
}

}  // namespace thimble

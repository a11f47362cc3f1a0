#include "ops/batch_norm.h"

#include "kernels/kernel.h"
#include "kernels/packing.h"

namespace thimble {
namespace {

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  for (size_t i = 1; i < 5; ++i)
    if (!is_constant(graph, node, i)) return "gamma, beta, mean and variance are not constants";
  return std::nullopt;
}

KernelCall lower(const Node& node, const Graph& graph) {
  const auto operand = [&](size_t i) { return constant_values<float>(graph, node.in[i]); };
  const ChannelAffine affine = batch_norm_affine(node.attrs.as<BatchNormAttrs>(), operand(1), operand(2), operand(3), operand(4));
  const TensorType& x = graph.type(node.in[0]);
  return KernelCall("thimble_batch_norm_f32")
      .input(0)
      .output(0)
      .constant("scale", affine.scale)
      .constant("shift", affine.shift)
      .geometry("thimble_batch_norm_shape",
                {{"pixels", c_literal(x.elements() / x.shape.back())}, {"channels", c_literal(x.shape.back())}});
}

}  // namespace

std::span<const Kernel> batch_norm_kernels() {
  static const Kernel kRows[] = {{.name = "batch_norm_f32_ref",
                                  .source = "kernels/batch_norm_ref.h",
                                  .op = "batch_norm",
                                  .refuses = refuses,
                                  .cycles = cycles_per_output<10>,
                                  .lower = lower,
                                  .in_place = true}};
  return kRows;
}

}  // namespace thimble

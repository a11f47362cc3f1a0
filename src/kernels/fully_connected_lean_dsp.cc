#include "kernels/kernel.h"
#include "kernels/overlap.h"
#include "kernels/weighted.h"
#include "ops/fully_connected.h"

namespace thimble {
namespace {

/// A row is read until its last four units.
std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]);
  const int64_t units = w.shape[0], features = w.shape[1];
  return overlap_of_rows(x.elements() / features, features, units, units % 4 == 0 ? units - 4 : units - 1);
}

double cycles(const Node& node, const Graph& graph, const Board&) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]);
  const int64_t units = w.shape[0], features = w.shape[1];
  const double step = static_cast<double>(features / 4) + 2.0 * static_cast<double>(features % 4);
  const double row = static_cast<double>(units / 4) * (step * 31 + 254) + static_cast<double>(units % 4) * (step * 14 + 40);
  return static_cast<double>(x.elements() / features) * row;
}

KernelCall lower(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]), &y = graph.type(node.out[0]);
  const int64_t units = w.shape[0], features = w.shape[1];
  const auto range = quantized_range(node.attrs.as<FullyConnectedAttrs>().activation, y);
  const SplitMultipliers split = split_multipliers(fully_connected_multipliers(x, w, y));
  return KernelCall("thimble_fully_connected_s8_lean")
      .input(0)
      .output(0)
      .constant("weights", constant_values<int8_t>(graph, node.in[1]))
      .constant("bias", bias_with_zero_point(graph, node, units, x.quant.zero[0], 0))
      .constant("multipliers", split.mantissas)
      .constant("shifts", split.shifts)
      .geometry("thimble_fully_connected_s8_lean_shape", {{"rows", c_literal(x.elements() / features)},
                                                          {"units", c_literal(units)},
                                                          {"features", c_literal(features)},
                                                          {"out_zero", c_literal(int64_t{y.quant.zero[0]})},
                                                          {"out_min", c_literal(int64_t{range.min})},
                                                          {"out_max", c_literal(int64_t{range.max})}});
}

}  // namespace

std::span<const Kernel> fully_connected_lean_dsp_kernels() {
  static const Kernel kRows[] = {{.name = "fully_connected_s8_dsp_lean",
                                  .source = "kernels/fully_connected_lean_dsp.h",
                                  .op = "fully_connected",
                                  .needs = Isa::ArmDsp,
                                  .refuses = refuses_symmetric,
                                  .cycles = cycles,
                                  .lower = lower,
                                  .overlap = overlap,
                                  .dual_issue = 0.48}};
  return kRows;
}

}  // namespace thimble

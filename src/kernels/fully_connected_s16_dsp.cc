#include "kernels/conv2d_s16_dsp.h"

namespace thimble {
namespace {

/// Rows are the pixels of a convolution.
WideConvolution rows_as_pixels(const Node& node, const Graph& graph) {
  Window2d at;
  at.in_h = at.out_h = at.kernel_h = at.kernel_w = 1;
  at.in_c = graph.type(node.in[1]).shape[1];
  at.in_w = at.out_w = graph.type(node.in[0]).elements() / at.in_c;
  return {at, fully_connected_int16_layer(node, graph)};
}

int64_t scratch(const Node& node, const Graph& graph) { return scratch_conv2d_s16_dsp(rows_as_pixels(node, graph).at); }
double cycles(const Node& node, const Graph& graph, const Board&) { return cost_conv2d_s16_dsp(rows_as_pixels(node, graph)); }
std::optional<int64_t> overlap(const Node& node, const Graph& graph) { return overlap_conv2d_s16_dsp(rows_as_pixels(node, graph)); }
KernelCall lower(const Node& node, const Graph& graph) { return lower_conv2d_s16_dsp(rows_as_pixels(node, graph)); }

}  // namespace

std::span<const Kernel> fully_connected_s16_dsp_kernels() {
  static const Kernel kRows[] = {{.name = "fully_connected_s16_dsp",
                                  .source = "kernels/conv2d_s16_dsp.h",
                                  .op = "fully_connected",
                                  .needs = Isa::ArmDsp,
                                  .refuses = refuses_conv2d_s16_dsp,
                                  .scratch = scratch,
                                  .cycles = cycles,
                                  .lower = lower,
                                  .overlap = overlap,
                                  .align = 4}};
  return kRows;
}

}  // namespace thimble

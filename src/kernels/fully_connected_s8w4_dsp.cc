#include "kernels/conv2d_s8w4_dsp.h"

namespace thimble {
namespace {

/// Rows are the pixels of a convolution.
NibbleConvolution rows_as_pixels(const Node& node, const Graph& graph) {
  const TensorType& x = graph.type(node.in[0]);
  Window2d at;
  at.in_h = at.out_h = at.kernel_h = at.kernel_w = 1;
  at.in_c = graph.type(node.in[1]).shape[1];
  at.in_w = at.out_w = x.elements() / at.in_c;
  return {at, fully_connected_layer(node, graph), x.quant.zero[0]};
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason = refuses_operands_s8w4_dsp(node, graph)) return reason;
  return refuses_conv2d_s8w4_dsp(rows_as_pixels(node, graph));
}
int64_t scratch(const Node& node, const Graph& graph) { return scratch_conv2d_s8w4_dsp(rows_as_pixels(node, graph).at); }
double cycles(const Node& node, const Graph& graph, const Board& board) { return cost_conv2d_s8w4_dsp(rows_as_pixels(node, graph), board); }
std::optional<int64_t> overlap(const Node& node, const Graph& graph) { return overlap_conv2d_s8w4_dsp(rows_as_pixels(node, graph)); }
KernelCall lower(const Node& node, const Graph& graph) { return lower_conv2d_s8w4_dsp(rows_as_pixels(node, graph)); }

}  // namespace

std::span<const Kernel> fully_connected_s8w4_dsp_kernels() {
  static const Kernel kRows[] = {{.name = "fully_connected_s8w4_dsp",
                                  .source = "kernels/conv2d_s8w4_dsp.h",
                                  .op = "fully_connected",
                                  .needs = Isa::ArmDsp,
                                  .refuses = refuses,
                                  .scratch = scratch,
                                  .cycles = cycles,
                                  .lower = lower,
                                  .overlap = overlap,
                                  .half_weights = true}};
  return kRows;
}

}  // namespace thimble

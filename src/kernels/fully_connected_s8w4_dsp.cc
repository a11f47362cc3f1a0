#include "kernels/conv2d_s8w4_dsp.h"
#include "kernels/window2d.h"

namespace thimble {
namespace {

NibbleConvolution convolution_of(const Node& node, const Graph& graph) {
  return {rows_as_pixels(node, graph), fully_connected_layer(node, graph), graph.type(node.in[0]).quant.zero[0]};
}

}  // namespace

std::span<const Kernel> fully_connected_s8w4_dsp_kernels() {
  static const Kernel kRows[] = {
      conv2d_s8w4_dsp_row<refuses_operands_s8w4_dsp, convolution_of>("fully_connected_s8w4_dsp", "fully_connected")};
  return kRows;
}

}  // namespace thimble

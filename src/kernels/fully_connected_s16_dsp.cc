#include "kernels/conv2d_s16_dsp.h"
#include "kernels/window2d.h"

namespace thimble {
namespace {

WideConvolution convolution_of(const Node& node, const Graph& graph) {
  return {rows_as_pixels(node, graph), fully_connected_int16_layer(node, graph)};
}

}  // namespace

std::span<const Kernel> fully_connected_s16_dsp_kernels() {
  static const Kernel kRows[] = {
      conv2d_s16_dsp_row<refuses_operands_s16_dsp, convolution_of>("fully_connected_s16_dsp", "fully_connected")};
  return kRows;
}

}  // namespace thimble

#include "kernels/conv2d_dsp.h"

#include "kernels/packing.h"
#include "ops/conv2d.h"

namespace thimble {
namespace {

std::optional<std::string> refuses_operands(const Node& node, const Graph& graph) {
  return refuse_unless({{dtype_is(graph, node, 0, DType::I8), "the input is not int8"},
                        {dtype_is(graph, node, 1, DType::I8) && is_constant(graph, node, 1), "the weights are not int8 constants"},
                        {bias_is_constant(graph, node), "the bias is not constant"}});
}

template <DspTiles tiles>
DspConvolution convolution_of(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]);
  return {.at = lay_window(node.attrs.as<Conv2dAttrs>(), x, w.shape[1], w.shape[2]),
          .groups = x.shape[3] / w.shape[3],
          .layer = conv2d_layer(node, graph),
          .in_zero = x.quant.zero[0],
          .tiles = tiles};
}

template <DspTiles tiles>
constexpr Kernel row(std::string_view name) {
  return conv2d_dsp_row<tiles, refuses_operands, convolution_of<tiles>>(name, "conv2d", 0.78);
}

}  // namespace

std::span<const Kernel> conv2d_dsp_kernels() {
  static const Kernel kRows[] = {row<DspTiles::Own>("conv2d_s8_dsp"), row<DspTiles::Short>("conv2d_s8_short_dsp"),
                                 row<DspTiles::Shared>("conv2d_s8_shared_dsp")};
  return kRows;
}

}  // namespace thimble

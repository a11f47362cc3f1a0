#include "kernels/conv2d_dsp.h"

#include "kernels/packing.h"
#include "ops/conv2d.h"

namespace thimble {
namespace {

DspConvolution convolution_of(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]);
  return {.at = lay_window(node.attrs.as<Conv2dAttrs>(), x, w.shape[1], w.shape[2]),
          .groups = x.shape[3] / w.shape[3],
          .layer = conv2d_layer(node, graph),
          .in_zero = x.quant.zero[0]};
}

template <DspTiles tiles>
std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason =
          refuse_unless({{dtype_is(graph, node, 0, DType::I8), "the input is not int8"},
                         {dtype_is(graph, node, 1, DType::I8) && is_constant(graph, node, 1), "the weights are not int8 constants"},
                         {bias_is_constant(graph, node), "the bias is not constant"}}))
    return reason;
  return refuses_conv2d_dsp(convolution_of(node, graph), tiles);
}

template <DspTiles tiles>
int64_t scratch(const Node& node, const Graph& graph) {
  return scratch_conv2d_dsp(convolution_of(node, graph), tiles);
}

template <DspTiles tiles>
std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  return overlap_conv2d_dsp(convolution_of(node, graph), tiles);
}

template <DspTiles tiles>
double cycles(const Node& node, const Graph& graph, const Board&) {
  return cost_conv2d_dsp(convolution_of(node, graph), tiles);
}

template <DspTiles tiles>
KernelCall lower(const Node& node, const Graph& graph) {
  return lower_conv2d_dsp(convolution_of(node, graph), tiles);
}

template <DspTiles tiles>
constexpr Kernel row(std::string_view name) {
  return {.name = name,
          .source = "kernels/conv2d_dsp.h",
          .op = "conv2d",
          .needs = Isa::ArmDsp,
          .refuses = refuses<tiles>,
          .scratch = scratch<tiles>,
          .cycles = cycles<tiles>,
          .lower = lower<tiles>,
          .overlap = overlap<tiles>,
          .per_shape = tiles == DspTiles::Own};
}

}  // namespace

std::span<const Kernel> conv2d_dsp_kernels() {
  static const Kernel kRows[] = {row<DspTiles::Own>("conv2d_s8_dsp"), row<DspTiles::Shared>("conv2d_s8_shared_dsp")};
  return kRows;
}

}  // namespace thimble

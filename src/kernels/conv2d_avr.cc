#include "kernels/avr_packing.h"
#include "kernels/overlap.h"
#include "kernels/window2d.h"
#include "ops/conv2d.h"

namespace thimble {
namespace {

Window2d lay(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return lay_window(node.attrs.as<Conv2dAttrs>(), graph.type(node.in[0]), w.shape[1], w.shape[2]);
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason =
          refuse_unless({{dtype_is(graph, node, 0, DType::I8), "the input is not int8"},
                         {dtype_is(graph, node, 1, DType::I8) && is_constant(graph, node, 1), "the weights are not int8 constants"},
                         {bias_is_constant(graph, node), "the bias is not constant"},
                         {!is_constant(graph, node, 0), "the input is a constant, which this kernel cannot read from flash"}}))
    return reason;
  const Window2d at = lay(node, graph);
  if (auto reason = refuse_unless({{at.batches == 1, "there is more than one batch"},
                                   {graph.type(node.in[1]).shape[3] == at.in_c, "the convolution is grouped"},
                                   {at.kernel_h <= 255 && at.kernel_w <= 255, "the window is larger than 255"}}))
    return reason;
  return refuses_avr(conv2d_layer(node, graph));
}

int64_t scratch(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  return read_in_place(at) ? 0 : at.kernel_h * at.kernel_w * at.in_c;
}

/// A window that is read where it lies is read again for every four channels.
std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const int64_t channels = graph.type(node.in[1]).shape[0];
  return overlap_of_window(at, channels, 1, {.early = read_in_place(at) && channels > 4 ? channels : 0});
}

double cycles(const Node& node, const Graph& graph, const Board&) {
  const Window2d at = lay(node, graph);
  const int64_t taps = at.kernel_h * at.kernel_w * at.in_c;
  const double gather = read_in_place(at) ? 60 : static_cast<double>(at.kernel_h * at.kernel_w * (60 + 8 * at.in_c));
  return static_cast<double>(at.out_h * at.out_w) * (gather + avr_cycles(taps, graph.type(node.in[1]).shape[0]));
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const Int8Layer layer = conv2d_layer(node, graph);
  const AvrLayer packed = *avr_layer_of(layer);
  Fields fields;
  append(fields, {{"in_h", at.in_h}, {"in_w", at.in_w}, {"in_c", at.in_c}, {"out_h", at.out_h}, {"out_w", at.out_w}});
  append(fields, {{"out_c", layer.channels}});
  append_window(fields, at);
  append(fields, {{"in_zero", graph.type(node.in[0]).quant.zero[0]}, {"step", packed.step}, {"top", packed.top}});
  return KernelCall("thimble_conv2d_s8_avr")
      .input(0)
      .output(0)
      .constant("weights", packed.weights)
      .constant("starts", packed.starts)
      .constant("scale", packed.scale)
      .scratch()
      .geometry("thimble_conv2d_s8_avr_shape", std::move(fields));
}

}  // namespace

std::span<const Kernel> conv2d_avr_kernels() {
  static const Kernel kRows[] = {{.name = "conv2d_s8_avr",
                                  .source = "kernels/conv2d_avr.h",
                                  .op = "conv2d",
                                  .needs = Isa::Avr,
                                  .refuses = refuses,
                                  .scratch = scratch,
                                  .cycles = cycles,
                                  .lower = lower,
                                  .overlap = overlap}};
  return kRows;
}

}  // namespace thimble

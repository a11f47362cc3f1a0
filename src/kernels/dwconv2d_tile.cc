#include "kernels/packing.h"
#include "kernels/weighted.h"
#include "kernels/window2d.h"
#include "ops/dwconv2d.h"

namespace thimble {
namespace {

Window2d lay(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return lay_window(node.attrs.as<Dwconv2dAttrs>(), graph.type(node.in[0]), w.shape[1], w.shape[2]);
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason = refuses_weighted<DType::F32, DType::F32>(node, graph)) return reason;
  const Window2d at = lay(node, graph);
  return refuse_unless({{at.batches == 1, "there is more than one batch"},
                        {graph.type(node.in[1]).shape[3] == at.in_c, "a channel has more than one filter"},
                        {at.dilation_h == 1 && at.dilation_w == 1, "the convolution is dilated"}});
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  Fields fields;
  append(fields, {{"in_h", at.in_h},
                  {"in_w", at.in_w},
                  {"channels", at.in_c},
                  {"out_h", at.out_h},
                  {"out_w", at.out_w},
                  {"kernel_h", at.kernel_h},
                  {"kernel_w", at.kernel_w},
                  {"stride_h", at.stride_h},
                  {"stride_w", at.stride_w},
                  {"pad_top", at.pad_top},
                  {"pad_left", at.pad_left}});
  append_range(fields, node.attrs.as<Dwconv2dAttrs>().activation);
  return KernelCall("thimble_dwconv2d_f32_tile")
      .input(0)
      .output(0)
      .constant("weights", constant_values<float>(graph, node.in[1]))
      .constant("bias", bias_or_zeros<float>(graph, node, at.in_c))
      .geometry("thimble_dwconv2d_f32_tile_shape", std::move(fields));
}

}  // namespace

std::span<const Kernel> dwconv2d_tile_kernels() {
  static const Kernel kRows[] = {{.name = "dwconv2d_f32_tile",
                                  .source = "kernels/dwconv2d_tile.h",
                                  .op = "dwconv2d",
                                  .needs = Isa::Fpu32,
                                  .refuses = refuses,
                                  .cycles = cycles_per_mac<6>,
                                  .lower = lower,
                                  .per_shape = true}};
  return kRows;
}

}  // namespace thimble

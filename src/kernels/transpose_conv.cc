#include "ops/transpose_conv.h"

#include "kernels/weighted.h"
#include "kernels/window2d.h"

namespace thimble {
namespace {

std::optional<std::string> refuses_f32_s8w(const Node& node, const Graph& graph) { return refuses_hybrid(node, graph, 0); }

Fields shape_fields(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]);
  const Window2d back = transposed_window(node.attrs.as<TransposeConvAttrs>(), x, w);
  Fields fields;
  append(fields, {{"batches", x.shape[0]},
                  {"in_h", x.shape[1]},
                  {"in_w", x.shape[2]},
                  {"in_c", x.shape[3]},
                  {"out_h", back.in_h},
                  {"out_w", back.in_w},
                  {"filters", w.shape[0]},
                  {"kernel_h", back.kernel_h},
                  {"kernel_w", back.kernel_w},
                  {"stride_h", back.stride_h},
                  {"stride_w", back.stride_w},
                  {"pad_top", back.pad_top},
                  {"pad_left", back.pad_left}});
  return fields;
}

KernelCall lower_s8(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]), &y = graph.type(node.out[0]);
  Fields fields = shape_fields(node, graph);
  append_quant(fields, node.attrs.as<TransposeConvAttrs>().activation, x, y);
  const SplitMultipliers split = split_multipliers(channel_multipliers(x, w, y, w.shape[0]));
  return KernelCall("thimble_transpose_conv_s8")
      .input(0)
      .output(0)
      .constant("weights", constant_values<int8_t>(graph, node.in[1]))
      .constant("bias", bias_or_zeros<int32_t>(graph, node, w.shape[0]))
      .constant("multipliers", split.mantissas)
      .constant("shifts", split.shifts)
      .geometry("thimble_transpose_conv_s8_shape", std::move(fields));
}

KernelCall lower_f32(const Node& node, const Graph& graph) {
  Fields fields = shape_fields(node, graph);
  append_range(fields, node.attrs.as<TransposeConvAttrs>().activation);
  return KernelCall("thimble_transpose_conv_f32")
      .input(0)
      .output(0)
      .constant("weights", constant_values<float>(graph, node.in[1]))
      .constant("bias", bias_or_zeros<float>(graph, node, graph.type(node.in[1]).shape[0]))
      .geometry("thimble_transpose_conv_f32_shape", std::move(fields));
}

KernelCall lower_f32_s8w(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  Fields fields = shape_fields(node, graph);
  append_range(fields, node.attrs.as<TransposeConvAttrs>().activation);
  return KernelCall("thimble_transpose_conv_f32_s8w")
      .input(0)
      .output(0)
      .constant("weights", constant_values<int8_t>(graph, node.in[1]))
      .constant("scales", channel_scales(w, w.shape[0]))
      .constant("bias", bias_or_zeros<float>(graph, node, w.shape[0]))
      .geometry("thimble_transpose_conv_f32_shape", std::move(fields));
}

}  // namespace

std::span<const Kernel> transpose_conv_kernels() {
  static const Kernel kRows[] = {{.name = "transpose_conv_s8_ref",
                                  .source = "kernels/transpose_conv_ref.h",
                                  .op = "transpose_conv",
                                  .refuses = refuses_weighted<DType::I8, DType::I8>,
                                  .cycles = cycles_per_mac<14>,
                                  .lower = lower_s8},
                                 {.name = "transpose_conv_f32_ref",
                                  .source = "kernels/transpose_conv_ref.h",
                                  .op = "transpose_conv",
                                  .refuses = refuses_weighted<DType::F32, DType::F32>,
                                  .cycles = cycles_per_mac<14>,
                                  .lower = lower_f32},
                                 {.name = "transpose_conv_f32_s8w_ref",
                                  .source = "kernels/transpose_conv_ref.h",
                                  .op = "transpose_conv",
                                  .refuses = refuses_f32_s8w,
                                  .cycles = cycles_per_mac<16>,
                                  .lower = lower_f32_s8w}};
  return kRows;
}

}  // namespace thimble

#include "ops/dwconv2d.h"

#include "kernels/weighted.h"
#include "kernels/window2d.h"

namespace thimble {
namespace {

std::optional<std::string> refuses_f32_s8w(const Node& node, const Graph& graph) { return refuses_hybrid(node, graph, 3); }

/// [rows][columns][filters] as [filters][rows][columns].
template <class T>
std::vector<T> filters_first(const Graph& graph, ValueId id) {
  const auto from = constant_values<T>(graph, id);
  const size_t filters = static_cast<size_t>(graph.type(id).shape[3]), taps = from.size() / filters;
  std::vector<T> to(from.size());
  for (size_t tap = 0; tap < taps; ++tap)
    for (size_t f = 0; f < filters; ++f) to[f * taps + tap] = from[tap * filters + f];
  return to;
}

Fields shape_fields(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  const Window2d at = lay_window(node.attrs.as<Dwconv2dAttrs>(), graph.type(node.in[0]), w.shape[1], w.shape[2]);
  Fields fields;
  append(fields, {{"batches", at.batches},
                  {"in_h", at.in_h},
                  {"in_w", at.in_w},
                  {"in_c", at.in_c},
                  {"out_h", at.out_h},
                  {"out_w", at.out_w},
                  {"multiplier", w.shape[3] / at.in_c}});
  append_window(fields, at);
  return fields;
}

KernelCall lower_s8(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]), &y = graph.type(node.out[0]);
  Fields fields = shape_fields(node, graph);
  append_quant(fields, node.attrs.as<Dwconv2dAttrs>().activation, x, y);
  const SplitMultipliers split = split_multipliers(channel_multipliers(x, w, y, w.shape[3]));
  return KernelCall("thimble_dwconv2d_s8")
      .input(0)
      .output(0)
      .constant("weights", filters_first<int8_t>(graph, node.in[1]))
      .constant("bias", bias_or_zeros<int32_t>(graph, node, w.shape[3]))
      .constant("multipliers", split.mantissas)
      .constant("shifts", split.shifts)
      .geometry("thimble_dwconv2d_s8_shape", std::move(fields));
}

KernelCall lower_f32(const Node& node, const Graph& graph) {
  Fields fields = shape_fields(node, graph);
  append_range(fields, node.attrs.as<Dwconv2dAttrs>().activation);
  return KernelCall("thimble_dwconv2d_f32")
      .input(0)
      .output(0)
      .constant("weights", filters_first<float>(graph, node.in[1]))
      .constant("bias", bias_or_zeros<float>(graph, node, graph.type(node.in[1]).shape[3]))
      .geometry("thimble_dwconv2d_f32_shape", std::move(fields));
}

KernelCall lower_f32_s8w(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  Fields fields = shape_fields(node, graph);
  append_range(fields, node.attrs.as<Dwconv2dAttrs>().activation);
  return KernelCall("thimble_dwconv2d_f32_s8w")
      .input(0)
      .output(0)
      .constant("weights", filters_first<int8_t>(graph, node.in[1]))
      .constant("scales", channel_scales(w, w.shape[3]))
      .constant("bias", bias_or_zeros<float>(graph, node, w.shape[3]))
      .geometry("thimble_dwconv2d_f32_shape", std::move(fields));
}

}  // namespace

std::span<const Kernel> dwconv2d_kernels() {
  static const Kernel kRows[] = {{.name = "dwconv2d_s8_ref",
                                  .source = "kernels/dwconv2d_ref.h",
                                  .op = "dwconv2d",
                                  .refuses = refuses_weighted<DType::I8, DType::I8>,
                                  .cycles = cycles_per_mac<14>,
                                  .lower = lower_s8},
                                 {.name = "dwconv2d_f32_ref",
                                  .source = "kernels/dwconv2d_ref.h",
                                  .op = "dwconv2d",
                                  .refuses = refuses_weighted<DType::F32, DType::F32>,
                                  .cycles = cycles_per_mac<16>,
                                  .lower = lower_f32},
                                 {.name = "dwconv2d_f32_s8w_ref",
                                  .source = "kernels/dwconv2d_ref.h",
                                  .op = "dwconv2d",
                                  .refuses = refuses_f32_s8w,
                                  .cycles = cycles_per_mac<18>,
                                  .lower = lower_f32_s8w}};
  return kRows;
}

}  // namespace thimble

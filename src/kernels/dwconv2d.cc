#include "ops/dwconv2d.h"

#include "kernels/int16_layer.h"
#include "kernels/overlap.h"
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

Window2d lay(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return lay_window(node.attrs.as<Dwconv2dAttrs>(), graph.type(node.in[0]), w.shape[1], w.shape[2]);
}

/// The window of a pixel is read until its last filter.
std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const TensorType& y = graph.type(node.out[0]);
  const int64_t element = bytes_of(y.dtype), filters = y.shape[3];
  return overlap_of_window(lay(node, graph), element * filters, element, {.early = element * (filters - 1)});
}

Fields shape_fields(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  const Window2d at = lay(node, graph);
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

KernelCall lower_s16(const Node& node, const Graph& graph) {
  const Int16Layer layer = dwconv2d_int16_layer(node, graph);
  Fields fields = shape_fields(node, graph);
  append(fields, {{"out_min", layer.range.min}, {"out_max", layer.range.max}});
  return KernelCall("thimble_dwconv2d_s16")
      .input(0)
      .output(0)
      .constant("weights", filters_first<int8_t>(graph, node.in[1]))
      .constant("scaling", wide_scaling(layer))
      .geometry("thimble_dwconv2d_s16_shape", std::move(fields));
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
                                  .cycles = cycles_per_mac<24>,
                                  .lower = lower_s8,
                                  .overlap = overlap},
                                 {.name = "dwconv2d_s16_ref",
                                  .source = "kernels/dwconv2d_ref.h",
                                  .op = "dwconv2d",
                                  .refuses = refuses_int16,
                                  .cycles = cycles_per_mac<24>,
                                  .lower = lower_s16,
                                  .overlap = overlap},
                                 {.name = "dwconv2d_f32_ref",
                                  .source = "kernels/dwconv2d_ref.h",
                                  .op = "dwconv2d",
                                  .refuses = refuses_weighted<DType::F32, DType::F32>,
                                  .cycles = cycles_per_mac<16>,
                                  .lower = lower_f32,
                                  .overlap = overlap},
                                 {.name = "dwconv2d_f32_s8w_ref",
                                  .source = "kernels/dwconv2d_ref.h",
                                  .op = "dwconv2d",
                                  .refuses = refuses_f32_s8w,
                                  .cycles = cycles_per_mac<18>,
                                  .lower = lower_f32_s8w,
                                  .overlap = overlap}};
  return kRows;
}

}  // namespace thimble

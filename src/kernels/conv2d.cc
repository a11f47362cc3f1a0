#include "ops/conv2d.h"

#include "kernels/int16_layer.h"
#include "kernels/overlap.h"
#include "kernels/weighted.h"
#include "kernels/window2d.h"

namespace thimble {
namespace {

Window2d lay(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return lay_window(node.attrs.as<Conv2dAttrs>(), graph.type(node.in[0]), w.shape[1], w.shape[2]);
}

/// A window that is read in place needs no gathering, but for one of a group.
bool not_gathered(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  return read_in_place(at) && graph.type(node.in[1]).shape[3] == at.in_c;
}

std::optional<std::string> refuses_f32_s8w(const Node& node, const Graph& graph) { return refuses_hybrid(node, graph, 0); }

int64_t scratch_s8(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return not_gathered(node, graph) ? 0 : w.elements() / w.shape[0];
}

/// A group's window is gathered before its outputs are written; what is read in place is read for each output anew.
std::optional<int64_t> overlap_s8(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  const Window2d at = lay(node, graph);
  const int64_t filters = w.shape[0], in_one_go = not_gathered(node, graph) ? 1 : filters * w.shape[3] / at.in_c;
  return overlap_of_window(at, filters, 1, {.early = filters - in_one_go});
}

std::optional<int64_t> overlap_f32(const Node& node, const Graph& graph) {
  const int64_t filters = graph.type(node.in[1]).shape[0];
  return overlap_of_window(lay(node, graph), 4 * filters, 4, {.early = 4 * (filters - 1)});
}

Fields shape_fields(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const TensorType& w = graph.type(node.in[1]);
  Fields fields;
  append(fields, {{"batches", at.batches},
                  {"in_h", at.in_h},
                  {"in_w", at.in_w},
                  {"in_c", at.in_c},
                  {"out_h", at.out_h},
                  {"out_w", at.out_w},
                  {"filters", w.shape[0]},
                  {"groups", at.in_c / w.shape[3]}});
  append_window(fields, at);
  return fields;
}

KernelCall lower_s8(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]), &y = graph.type(node.out[0]);
  const int64_t filters = w.shape[0];
  Fields fields = shape_fields(node, graph);
  append_quant(fields, node.attrs.as<Conv2dAttrs>().activation, x, y);
  append(fields, {{"in_place", not_gathered(node, graph)}});
  const SplitMultipliers split = split_multipliers(channel_multipliers(x, w, y, filters));
  return KernelCall("thimble_conv2d_s8")
      .input(0)
      .output(0)
      .scratch()
      .constant("weights", constant_values<int8_t>(graph, node.in[1]))
      .constant("bias", bias_with_zero_point(graph, node, filters, x.quant.zero[0], 0))
      .constant("multipliers", split.mantissas)
      .constant("shifts", split.shifts)
      .geometry("thimble_conv2d_s8_shape", std::move(fields));
}

std::optional<int64_t> overlap_s16(const Node& node, const Graph& graph) {
  const int64_t filters = graph.type(node.in[1]).shape[0];
  return overlap_of_window(lay(node, graph), 2 * filters, 2, {.early = 2 * (filters - 1)});
}

KernelCall lower_s16(const Node& node, const Graph& graph) {
  const Int16Layer layer = conv2d_int16_layer(node, graph);
  Fields fields = shape_fields(node, graph);
  append(fields, {{"out_min", layer.range.min}, {"out_max", layer.range.max}});
  return KernelCall("thimble_conv2d_s16")
      .input(0)
      .output(0)
      .constant("weights", constant_values<int8_t>(graph, node.in[1]))
      .constant("scaling", wide_scaling(layer))
      .geometry("thimble_conv2d_s16_shape", std::move(fields));
}

KernelCall lower_f32(const Node& node, const Graph& graph) {
  Fields fields = shape_fields(node, graph);
  append_range(fields, node.attrs.as<Conv2dAttrs>().activation);
  return KernelCall("thimble_conv2d_f32")
      .input(0)
      .output(0)
      .constant("weights", constant_values<float>(graph, node.in[1]))
      .constant("bias", bias_or_zeros<float>(graph, node, graph.type(node.in[1]).shape[0]))
      .geometry("thimble_conv2d_f32_shape", std::move(fields));
}

KernelCall lower_f32_s8w(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  Fields fields = shape_fields(node, graph);
  append_range(fields, node.attrs.as<Conv2dAttrs>().activation);
  return KernelCall("thimble_conv2d_f32_s8w")
      .input(0)
      .output(0)
      .constant("weights", constant_values<int8_t>(graph, node.in[1]))
      .constant("scales", channel_scales(w, w.shape[0]))
      .constant("bias", bias_or_zeros<float>(graph, node, w.shape[0]))
      .geometry("thimble_conv2d_f32_shape", std::move(fields));
}

double cycles_s16(const Node& node, const Graph& graph, const Board& board) { return reference_cycles(node, graph, board, 11); }
double cycles_s8(const Node& node, const Graph& graph, const Board& board) { return reference_cycles(node, graph, board, 9); }

}  // namespace

std::span<const Kernel> conv2d_kernels() {
  static const Kernel kRows[] = {{.name = "conv2d_s8_ref",
                                  .source = "kernels/conv2d_ref.h",
                                  .op = "conv2d",
                                  .refuses = refuses_weighted<DType::I8, DType::I8>,
                                  .scratch = scratch_s8,
                                  .cycles = cycles_s8,
                                  .lower = lower_s8,
                                  .overlap = overlap_s8},
                                 {.name = "conv2d_s16_ref",
                                  .source = "kernels/conv2d_ref.h",
                                  .op = "conv2d",
                                  .refuses = refuses_int16,
                                  .cycles = cycles_s16,
                                  .lower = lower_s16,
                                  .overlap = overlap_s16},
                                 {.name = "conv2d_f32_ref",
                                  .source = "kernels/conv2d_ref.h",
                                  .op = "conv2d",
                                  .refuses = refuses_weighted<DType::F32, DType::F32>,
                                  .cycles = cycles_per_mac<12>,
                                  .lower = lower_f32,
                                  .overlap = overlap_f32},
                                 {.name = "conv2d_f32_s8w_ref",
                                  .source = "kernels/conv2d_ref.h",
                                  .op = "conv2d",
                                  .refuses = refuses_f32_s8w,
                                  .cycles = cycles_per_mac<14>,
                                  .lower = lower_f32_s8w,
                                  .overlap = overlap_f32}};
  return kRows;
}

}  // namespace thimble

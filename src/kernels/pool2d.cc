#include "ops/pool2d.h"

#include "kernels/overlap.h"
#include "kernels/window2d.h"

namespace thimble {
namespace {

template <DType dtype>
std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (!dtype_is(graph, node, 0, dtype)) return "the input is not " + std::string(name_of(dtype));
  if (is_constant(graph, node, 0)) return "the input is a constant, which this kernel cannot read from flash";
  return std::nullopt;
}

/// The window of a pixel is read until its last channel.
std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<Pool2dAttrs>();
  const TensorType& x = graph.type(node.in[0]);
  const Window2d at = lay_window(a, x, a.kernel_h, a.kernel_w);
  const int64_t element = bytes_of(x.dtype);
  return overlap_of_window(at, element * at.in_c, element, {.early = element * (at.in_c - 1)});
}

Fields shape_fields(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<Pool2dAttrs>();
  const Window2d at = lay_window(a, graph.type(node.in[0]), a.kernel_h, a.kernel_w);
  Fields fields;
  append(fields,
         {{"batches", at.batches}, {"in_h", at.in_h}, {"in_w", at.in_w}, {"channels", at.in_c}, {"out_h", at.out_h}, {"out_w", at.out_w}});
  append_window(fields, at);
  append(fields, {{"maximum", node.op->name == "max_pool2d"}});
  return fields;
}

/// int8 and int16 share a struct.
Fields quantised_fields(const Node& node, const Graph& graph) {
  Fields fields = shape_fields(node, graph);
  const IntRange range = quantized_range(node.attrs.as<Pool2dAttrs>().activation, graph.type(node.out[0]));
  return append(fields, {{"out_min", range.min}, {"out_max", range.max}});
}

KernelCall quantised(const char* function, const Node& node, const Graph& graph) {
  return KernelCall(function).input(0).output(0).geometry("thimble_pool2d_s8_shape", quantised_fields(node, graph));
}
KernelCall lower_s8(const Node& node, const Graph& graph) { return quantised("thimble_pool2d_s8", node, graph); }
KernelCall lower_s16(const Node& node, const Graph& graph) { return quantised("thimble_pool2d_s16", node, graph); }
KernelCall lower_s8_dsp(const Node& node, const Graph& graph) { return quantised("thimble_pool2d_s8_dsp", node, graph); }

std::optional<std::string> refuses_dsp(const Node& node, const Graph& graph) {
  if (auto reason = refuses<DType::I8>(node, graph)) return reason;
  const auto& a = node.attrs.as<Pool2dAttrs>();
  const Window2d at = lay_window(a, graph.type(node.in[0]), a.kernel_h, a.kernel_w);
  return refuse_unless({{at.in_c >= 4, "there are fewer than four channels"},
                        {at.dilation_h == 1 && at.dilation_w == 1, "the window is dilated"},
                        {at.kernel_h * at.kernel_w <= 255, "the window has more taps than 16-bit sums hold"}});
}

KernelCall lower_f32(const Node& node, const Graph& graph) {
  Fields fields = shape_fields(node, graph);
  append_range(fields, node.attrs.as<Pool2dAttrs>().activation);
  return KernelCall("thimble_pool2d_f32").input(0).output(0).geometry("thimble_pool2d_f32_shape", std::move(fields));
}

/// An average costs most where a division is a function call.
double cycles(const Node& node, const Graph& graph, const Board& board) {
  const auto& a = node.attrs.as<Pool2dAttrs>();
  const bool calls = node.op->name == "average_pool2d" && has(board.isa, Isa::Arm) && !has(board.isa, Isa::ArmDsp);
  return static_cast<double>(graph.type(node.out[0]).elements()) * ((calls ? 120 : 20) + 8 * static_cast<double>(a.kernel_h * a.kernel_w));
}

double cycles_dsp(const Node& node, const Graph& graph, const Board&) {
  const auto& a = node.attrs.as<Pool2dAttrs>();
  return static_cast<double>(graph.type(node.out[0]).elements()) * (18 + 2.5 * static_cast<double>(a.kernel_h * a.kernel_w));
}

constexpr Kernel row_dsp(std::string_view name, std::string_view op) {
  return {.name = name,
          .source = "kernels/pool2d_dsp.h",
          .op = op,
          .needs = Isa::ArmDsp,
          .refuses = refuses_dsp,
          .cycles = cycles_dsp,
          .lower = lower_s8_dsp,
          .overlap = overlap,
          .dual_issue = 0.63};
}

constexpr Kernel row(std::string_view name, std::string_view op, decltype(Kernel::refuses) refuses, decltype(Kernel::lower) lower) {
  return {
      .name = name, .source = "kernels/pool2d_ref.h", .op = op, .refuses = refuses, .cycles = cycles, .lower = lower, .overlap = overlap};
}

constexpr Kernel row_s16(std::string_view name, std::string_view op) {
  Kernel kernel = row(name, op, refuses<DType::I16>, lower_s16);
  kernel.source = "kernels/pool2d_ref.h kernels/pool2d_s16_ref.h";
  return kernel;
}

}  // namespace

std::span<const Kernel> pool2d_kernels() {
  static const Kernel kRows[] = {row("average_pool2d_s8_ref", "average_pool2d", refuses<DType::I8>, lower_s8),
                                 row_dsp("average_pool2d_s8_dsp", "average_pool2d"),
                                 row_dsp("max_pool2d_s8_dsp", "max_pool2d"),
                                 row("average_pool2d_f32_ref", "average_pool2d", refuses<DType::F32>, lower_f32),
                                 row("max_pool2d_s8_ref", "max_pool2d", refuses<DType::I8>, lower_s8),
                                 row("max_pool2d_f32_ref", "max_pool2d", refuses<DType::F32>, lower_f32),
                                 row_s16("average_pool2d_s16_ref", "average_pool2d"),
                                 row_s16("max_pool2d_s16_ref", "max_pool2d")};
  return kRows;
}

}  // namespace thimble

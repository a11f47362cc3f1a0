#include "kernels/m0_packing.h"
#include "kernels/overlap.h"
#include "kernels/window2d.h"
#include "ops/pool2d.h"

namespace thimble {
namespace {

constexpr int64_t kFour = 4;  // channels at a time

Window2d lay(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<Pool2dAttrs>();
  return lay_window(a, graph.type(node.in[0]), a.kernel_h, a.kernel_w);
}

/// Whether every window along an axis has a tap inside the input.
bool meets_input(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t dilation, int64_t pad) {
  for (int64_t o = 0; o < out; ++o) {
    bool meets = false;
    for (int64_t k = 0; k < kernel; ++k) meets = meets || (o * stride - pad + k * dilation >= 0 && o * stride - pad + k * dilation < in);
    if (!meets) return false;
  }
  return true;
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (!dtype_is(graph, node, 0, DType::I8)) return "the input is not int8";
  const Window2d at = lay(node, graph);
  return refuse_unless({{!is_constant(graph, node, 0), "the input is a constant"},
                        {at.in_c >= kFour, "there are fewer than four channels"},
                        {meets_input(at.in_h, at.out_h, at.kernel_h, at.stride_h, at.dilation_h, at.pad_top) &&
                             meets_input(at.in_w, at.out_w, at.kernel_w, at.stride_w, at.dilation_w, at.pad_left),
                         "a window lies in the padding altogether"}});
}

/// The window of a pixel is read until its last four channels.
std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  return overlap_of_window(at, at.in_c, 1, {.early = (at.in_c - 1) / kFour * kFour});
}

double cycles(const Node& node, const Graph& graph, const Board& board) {
  constexpr double kTap = 16, kRow = 14, kOutputs = 170, kPixel = 150;
  const Window2d at = lay(node, graph);
  const auto rows = static_cast<double>(at.kernel_h), columns = static_cast<double>(at.kernel_w);
  const double fours = static_cast<double>((at.in_c + kFour - 1) / kFour);
  const double pixel = kPixel + fours * (rows * (columns * kTap + kRow) + kOutputs);
  return cycles_on_m0(pixel * static_cast<double>(at.batches * at.out_h * at.out_w), board);
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const IntRange range = quantized_range(node.attrs.as<Pool2dAttrs>().activation, graph.type(node.out[0]));
  const bool maximum = node.op->name == "max_pool2d";
  const std::string window = maximum ? "thimble_pool_maxima_m0" : "thimble_pool_sums_m0";
  Fields fields;
  append(fields,
         {{"batches", at.batches}, {"in_h", at.in_h}, {"in_w", at.in_w}, {"channels", at.in_c}, {"out_h", at.out_h}, {"out_w", at.out_w}});
  append_window(fields, at);
  append(fields, {{"maximum", maximum}, {"out_min", range.min}, {"out_max", range.max}});
  return KernelCall("thimble_pool2d_s8_m0")
      .define("THIMBLE_POOL_WINDOW_M0(" + window + ", " + (maximum ? "1" : "0") + ")")
      .input(0)
      .output(0)
      .name(window)
      .geometry("thimble_pool2d_s8_shape", std::move(fields));
}

constexpr Kernel row(std::string_view name, std::string_view op) {
  return {.name = name,
          .source = "kernels/pool2d_m0.h",
          .op = op,
          .needs = Isa::Arm,
          .refuses = refuses,
          .cycles = cycles,
          .lower = lower,
          .overlap = overlap};
}

}  // namespace

std::span<const Kernel> pool2d_m0_kernels() {
  static const Kernel kRows[] = {row("average_pool2d_s8_m0", "average_pool2d"), row("max_pool2d_s8_m0", "max_pool2d")};
  return kRows;
}

}  // namespace thimble

#include <algorithm>

#include "kernels/overlap.h"
#include "kernels/window2d.h"
#include "ops/pool2d.h"

namespace thimble {
namespace {

constexpr int64_t kMostTaps = 255;  // 16-bit sums hold them

Window2d lay(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<Pool2dAttrs>();
  return lay_window(a, graph.type(node.in[0]), a.kernel_h, a.kernel_w);
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (!dtype_is(graph, node, 0, DType::I8)) return "the input is not int8";
  const Window2d at = lay(node, graph);
  return refuse_unless({{!is_constant(graph, node, 0), "the input is a constant, which this kernel cannot read from flash"},
                        {at.dilation_h == 1 && at.dilation_w == 1, "the window is dilated"},
                        {at.kernel_h * at.kernel_w <= kMostTaps, "the window has more taps than 16-bit sums hold"}});
}

/// Taps along an axis that lie inside the input, of all windows together.
int64_t taps_inside(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t pad) {
  int64_t taps = 0;
  for (int64_t o = 0; o < out; ++o) taps += std::min(in, o * stride - pad + kernel) - std::max<int64_t>(0, o * stride - pad);
  return taps;
}

double cycles(const Node& node, const Graph& graph, const Board&) {
  const Window2d at = lay(node, graph);
  const int64_t rows = taps_inside(at.in_h, at.out_h, at.kernel_h, at.stride_h, at.pad_top) * at.out_w;
  const int64_t columns = taps_inside(at.in_w, at.out_w, at.kernel_w, at.stride_w, at.pad_left);
  const auto taps = static_cast<double>(rows / at.out_w * columns), starts = static_cast<double>(rows);
  const auto pixels = static_cast<double>(at.out_h * at.out_w), blocks = static_cast<double>(at.batches * ((at.in_c + 15) / 16));
  if (node.op->name == "max_pool2d") return blocks * (9 * pixels + 4 * starts + 7 * taps);
  return at.in_c <= 8 ? static_cast<double>(at.batches) * (20 * pixels + 6 * starts + 8 * taps)
                      : blocks * (65 * pixels + 10 * starts + 9 * taps);
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const IntRange range = quantized_range(node.attrs.as<Pool2dAttrs>().activation, graph.type(node.out[0]));
  Fields fields;
  append(fields,
         {{"batches", at.batches}, {"in_h", at.in_h}, {"in_w", at.in_w}, {"channels", at.in_c}, {"out_h", at.out_h}, {"out_w", at.out_w}});
  append_window(fields, at);
  append(fields, {{"maximum", node.op->name == "max_pool2d"}, {"out_min", range.min}, {"out_max", range.max}});
  return KernelCall("thimble_pool2d_s8_helium").input(0).output(0).geometry("thimble_pool2d_s8_shape", std::move(fields));
}

/// A pixel's channels are written sixteen by sixteen while its window is still read.
std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  return overlap_of_window(at, at.in_c, 1, {.early = at.in_c});
}

constexpr Kernel row(std::string_view name, std::string_view op) {
  return {.name = name,
          .source = "kernels/pool2d_helium.h",
          .op = op,
          .needs = Isa::Helium,
          .refuses = refuses,
          .cycles = cycles,
          .lower = lower,
          .overlap = overlap};
}

}  // namespace

std::span<const Kernel> pool2d_helium_kernels() {
  static const Kernel kRows[] = {row("average_pool2d_s8_helium", "average_pool2d"), row("max_pool2d_s8_helium", "max_pool2d")};
  return kRows;
}

}  // namespace thimble

#include <algorithm>

#include "kernels/packing.h"
#include "kernels/weighted.h"
#include "kernels/window2d.h"
#include "ops/conv2d.h"
#include "ops/fully_connected.h"

namespace thimble {
namespace {

/// The layer as a convolution: a fully connected one is a row of single pixels.
struct FloatLayer {
  Window2d at;
  int64_t filters = 0;
  Activation activation = Activation::None;
};

FloatLayer layer_of(const Node& node, const Graph& graph) {
  const TensorType &x = graph.type(node.in[0]), &w = graph.type(node.in[1]);
  FloatLayer layer{.filters = w.shape[0]};
  if (w.rank() == 2) {
    const int64_t rows = x.elements() / w.shape[1];
    layer.at = {.batches = 1, .in_h = 1, .in_w = rows, .in_c = w.shape[1], .out_h = 1, .out_w = rows, .kernel_h = 1, .kernel_w = 1};
    layer.activation = node.attrs.as<FullyConnectedAttrs>().activation;
    return layer;
  }
  const auto& attrs = node.attrs.as<Conv2dAttrs>();
  layer.at = flattened(lay_window(attrs, x, w.shape[1], w.shape[2]));
  layer.activation = attrs.activation;
  return layer;
}

struct Tiling {
  int64_t pixels = 1, width = 4;
  double cycles = 0;
};

/// Output pixels of a row whose window has all its columns inside the input.
int64_t whole_pixels(const Window2d& at) {
  int64_t count = 0;
  for (int64_t ox = 0; ox < at.out_w; ++ox) {
    const int64_t x = ox * at.stride_w - at.pad_left;
    count += x >= 0 && x + at.kernel_w <= at.in_w;
  }
  return count;
}

/// Cycles of one tile on a Cortex-M4: a load of n words takes n + 1, VMUL and VADD one each.
double tile_cycles(int64_t taps, int64_t pixels, int64_t width) {
  const auto p = static_cast<double>(pixels), f = static_cast<double>(width);
  return static_cast<double>(taps) * (f + 1 + 2 * p + 2 * p * f + 1.5) + 6 * p * f + 20;
}

Tiling tiling_of(const FloatLayer& layer) {
  const Window2d& at = layer.at;
  const int64_t taps = at.kernel_h * at.kernel_w * at.in_c, whole = whole_pixels(at);
  Tiling best{.cycles = -1};
  for (const int64_t width : {4, 8})
    for (int64_t pixels = 1; pixels * width <= 16 && pixels <= std::max<int64_t>(whole, 1); ++pixels) {
      const int64_t tiles = pixels > 1 ? whole / pixels : 0, singles = at.out_w - tiles * pixels;
      const double row =
          static_cast<double>(tiles) * tile_cycles(taps, pixels, width) + static_cast<double>(singles) * tile_cycles(taps, 1, width);
      const double all = row * static_cast<double>(at.out_h * ((layer.filters + width - 1) / width));
      if (best.cycles < 0 || all < best.cycles) best = {pixels, width, all};
    }
  return best;
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason = refuses_weighted<DType::F32, DType::F32>(node, graph)) return reason;
  const Window2d at = layer_of(node, graph).at;
  return refuse_unless({{at.batches == 1, "there is more than one batch"},
                        {graph.type(node.in[1]).shape.back() == at.in_c, "the convolution is grouped"},
                        {at.dilation_h == 1 && at.dilation_w == 1, "the convolution is dilated"}});
}

double cycles(const Node& node, const Graph& graph, const Board&) { return tiling_of(layer_of(node, graph)).cycles; }

/// [filters][taps] as [groups][taps][width], zeros where there is no filter.
std::vector<float> grouped(std::span<const float> weights, int64_t filters, int64_t width) {
  const int64_t taps = static_cast<int64_t>(weights.size()) / filters, groups = (filters + width - 1) / width;
  std::vector<float> out(static_cast<size_t>(groups * taps * width));
  for (int64_t f = 0; f < filters; ++f)
    for (int64_t k = 0; k < taps; ++k)
      out[static_cast<size_t>((f / width * taps + k) * width + f % width)] = weights[static_cast<size_t>(f * taps + k)];
  return out;
}

KernelCall lower(const Node& node, const Graph& graph) {
  const FloatLayer layer = layer_of(node, graph);
  const Window2d& at = layer.at;
  const Tiling tiling = tiling_of(layer);
  Fields fields;
  append(fields, {{"in_h", at.in_h},
                  {"in_w", at.in_w},
                  {"in_c", at.in_c},
                  {"out_h", at.out_h},
                  {"out_w", at.out_w},
                  {"filters", layer.filters},
                  {"kernel_h", at.kernel_h},
                  {"kernel_w", at.kernel_w},
                  {"stride_h", at.stride_h},
                  {"stride_w", at.stride_w},
                  {"pad_top", at.pad_top},
                  {"pad_left", at.pad_left},
                  {"pixels", tiling.pixels},
                  {"width", tiling.width}});
  append_range(fields, layer.activation);
  return KernelCall("thimble_conv2d_f32_tile")
      .input(0)
      .output(0)
      .constant("weights", grouped(constant_values<float>(graph, node.in[1]), layer.filters, tiling.width))
      .constant("bias", bias_or_zeros<float>(graph, node, layer.filters))
      .geometry("thimble_conv2d_f32_tile_shape", std::move(fields));
}

constexpr Kernel row(std::string_view name, std::string_view op) {
  return {.name = name,
          .source = "kernels/conv2d_tile.h",
          .op = op,
          .needs = Isa::Fpu32,
          .refuses = refuses,
          .cycles = cycles,
          .lower = lower,
          .per_shape = true};
}

}  // namespace

std::span<const Kernel> conv2d_tile_kernels() {
  static const Kernel kRows[] = {row("conv2d_f32_tile", "conv2d"), row("fully_connected_f32_tile", "fully_connected")};
  return kRows;
}

}  // namespace thimble

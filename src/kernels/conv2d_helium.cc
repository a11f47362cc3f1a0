#include <fmt/format.h>

#include <algorithm>

#include "kernels/helium_tile.h"
#include "kernels/overlap.h"
#include "kernels/packing.h"
#include "kernels/window2d.h"
#include "ops/conv2d.h"

namespace thimble {
namespace {

Window2d lay(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return flattened(lay_window(node.attrs.as<Conv2dAttrs>(), graph.type(node.in[0]), w.shape[1], w.shape[2]));
}

/// Output pixels along an axis whose windows lie inside the input.
int64_t inside(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t pad) {
  const int64_t first = (pad + stride - 1) / stride, last = in + pad < kernel ? -1 : (in + pad - kernel) / stride;
  return std::max<int64_t>(0, std::min(last, out - 1) - first + 1);
}

/// Whether every window along an axis has a tap inside the input.
bool touches_input(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t pad) {
  return pad < kernel && (out - 1) * stride - pad < in;
}

/// How windows are read, and what that costs.
struct Reading {
  bool direct = false;
  int64_t copied = 0;  ///< windows
  HeliumTile tile;
  double cost = 0;
};

Reading reading_of(const Window2d& at, int64_t out_c, bool direct) {
  const int64_t count = at.out_h * at.out_w, bytes = at.kernel_w * at.in_c;
  Reading r{.direct = direct, .copied = count, .tile = {}};
  if (direct) {
    const int64_t rows = inside(at.in_h, at.out_h, at.kernel_h, at.stride_h, at.pad_top);
    const int64_t columns = inside(at.in_w, at.out_w, at.kernel_w, at.stride_w, at.pad_left);
    const bool odd = columns % 2 != 0 && count > 1 && at.out_h > 1;
    r.copied -= rows * (odd ? columns - 1 : columns);
  }
  r.tile = {.pixels = count == 1 ? 1 : 2,
            .rows = direct ? at.kernel_h : 1,
            .bytes = direct ? bytes : at.kernel_h * bytes,
            .out_c = out_c,
            .step = 2 * at.stride_w * at.in_c};
  const double copy = 20 + static_cast<double>(at.kernel_h) * (8 + 3 * static_cast<double>((bytes + 15) / 16));
  const auto tiles = static_cast<double>((count + 1) / 2);
  r.cost = tiles * r.tile.cost() + static_cast<double>(r.copied) * copy + static_cast<double>(r.copied) / 2 * 30;
  return r;
}

Reading best_reading(const Window2d& at, int64_t out_c) {
  constexpr int64_t kMostVectorsPerRow = 32;  // they are written out
  const Reading direct = reading_of(at, out_c, true), copied = reading_of(at, out_c, false);
  const bool possible = at.kernel_h == 1 || (at.kernel_w * at.in_c + 15) / 16 <= kMostVectorsPerRow;
  return possible && direct.cost <= copied.cost ? direct : copied;
}

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason =
          refuse_unless({{dtype_is(graph, node, 0, DType::I8), "the input is not int8"},
                         {dtype_is(graph, node, 1, DType::I8) && is_constant(graph, node, 1), "the weights are not int8 constants"},
                         {bias_is_constant(graph, node), "the bias is not constant"}}))
    return reason;
  const Window2d at = lay(node, graph);
  const TensorType& w = graph.type(node.in[1]);
  if (auto reason = refuse_unless({{at.batches == 1, "there is more than one batch"},
                                   {w.shape[3] == at.in_c, "the convolution is grouped"},
                                   {at.dilation_h == 1 && at.dilation_w == 1, "the convolution is dilated"},
                                   {touches_input(at.in_h, at.out_h, at.kernel_h, at.stride_h, at.pad_top) &&
                                        touches_input(at.in_w, at.out_w, at.kernel_w, at.stride_w, at.pad_left),
                                    "a window lies in the padding altogether"},
                                   {w.shape[0] < 4096, "there are too many output channels for an addition's literal"},
                                   {2 * at.stride_w * at.in_c < 4096, "there are too many input channels for an addition's literal"}}))
    return reason;
  return refuses_helium_scaling(conv2d_layer(node, graph));
}

int64_t scratch(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const Reading r = best_reading(at, graph.type(node.in[1]).shape[0]);
  return r.copied == 0 ? 0 : std::min<int64_t>(2, at.out_h * at.out_w) * at.kernel_h * at.kernel_w * at.in_c;
}

double cycles(const Node& node, const Graph& graph, const Board&) {
  return 1.25 * best_reading(lay(node, graph), graph.type(node.in[1]).shape[0]).cost;
}

std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const Reading r = best_reading(at, graph.type(node.in[1]).shape[0]);
  const int64_t last = r.tile.last_group(), early = r.direct ? r.tile.pixels * r.tile.out_c - last : 0;
  return overlap_of_window(at, r.tile.out_c, 1, {.pixels = r.tile.pixels, .early = early});
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Window2d at = lay(node, graph);
  const Int8Layer layer = conv2d_layer(node, graph);
  const HeliumScaling scaling = helium_scaling_of(layer, graph.type(node.out[0]).quant.zero[0]);
  const Reading r = best_reading(at, layer.channels);
  KernelCall call("thimble_conv2d_s8_helium");
  const std::string tile = r.tile.define(call, scaling);
  return call.input(0)
      .output(0)
      .constant("stream", r.tile.stream(layer, scaling), 16)
      .scratch()
      .name(tile)
      .geometry("thimble_conv2d_s8_helium_shape", {{"in_h", c_literal(at.in_h)},
                                                   {"in_w", c_literal(at.in_w)},
                                                   {"in_c", c_literal(at.in_c)},
                                                   {"out_h", c_literal(at.out_h)},
                                                   {"out_w", c_literal(at.out_w)},
                                                   {"out_c", c_literal(layer.channels)},
                                                   {"kernel_h", c_literal(at.kernel_h)},
                                                   {"kernel_w", c_literal(at.kernel_w)},
                                                   {"stride_h", c_literal(at.stride_h)},
                                                   {"stride_w", c_literal(at.stride_w)},
                                                   {"pad_top", c_literal(at.pad_top)},
                                                   {"pad_left", c_literal(at.pad_left)},
                                                   {"in_zero", c_literal(int64_t{graph.type(node.in[0]).quant.zero[0]})},
                                                   {"direct", c_literal(int64_t{r.direct})}});
}

}  // namespace

std::span<const Kernel> conv2d_helium_kernels() {
  static const Kernel kRows[] = {{.name = "conv2d_s8_helium",
                                  .source = "kernels/conv2d_helium.h",
                                  .op = "conv2d",
                                  .needs = Isa::Helium,
                                  .refuses = refuses,
                                  .scratch = scratch,
                                  .cycles = cycles,
                                  .lower = lower,
                                  .overlap = overlap,
                                  .per_shape = true}};
  return kRows;
}

}  // namespace thimble

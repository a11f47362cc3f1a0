#include <fmt/format.h>

#include "kernels/dwconv2d_plane.h"
#include "kernels/rv32_packing.h"

namespace thimble {
namespace {

constexpr int64_t kWords = 5;  // of a filter's table, before its weights

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason = refuses_plane(node, graph)) return reason;
  return refuses_scaling(dwconv2d_layer(node, graph));
}

std::optional<std::string> refuses_3x3(const Node& node, const Graph& graph) {
  if (auto reason = refuses(node, graph)) return reason;
  const Window2d at = plane_walk_of(node, graph).at;
  return refuse_unless({{at.kernel_h == 3 && at.kernel_w == 3, "the window is not 3x3"},
                        {at.stride_h == at.stride_w && at.stride_h <= 2, "the strides differ or exceed 2"},
                        {at.dilation_h == 1 && at.dilation_w == 1, "the convolution is dilated"}});
}

int64_t scratch(const Node& node, const Graph& graph) { return plane_walk_of(node, graph).bytes(); }

double cycles(const Node& node, const Graph& graph, const Board&) { return plane_cycles(plane_walk_of(node, graph), 3, 16, 4); }

double cycles_3x3(const Node& node, const Graph& graph, const Board&) {
  const PlaneWalk walk = plane_walk_of(node, graph);
  const double line = static_cast<double>(walk.fast.out) * (walk.fast.stride == 1 ? 38 : 44) + 60;
  const double filter = static_cast<double>(walk.slow.out) * line + 120;
  return static_cast<double>(walk.at.in_c) *
         (static_cast<double>(walk.filters) * filter + 4.0 * static_cast<double>(walk.at.in_h * walk.at.in_w));
}

KernelCall lower_by(const Node& node, const Graph& graph, bool three) {
  const PlaneWalk walk = plane_walk_of(node, graph);
  const Int8Layer layer = dwconv2d_layer(node, graph);
  const Int8Scaling scaling = scaling_of(layer, 31, 2);
  std::vector<int32_t> table;
  for (int64_t c = 0; c < layer.channels; ++c) {
    const ChannelWords w = channel_words(layer, scaling, c);
    table.insert(table.end(), {layer.bias[static_cast<size_t>(c)] * (1 << scaling.up), w.mantissa, w.addend, w.shift, w.negative});
    append_halfwords(table, walk, layer.weights_of(c), 1 << scaling.up);
  }
  std::string loop, definition;
  if (three) {
    loop = fmt::format("thimble_dwconv2d_3x3_rv32_{}_{}", walk.fast.stride, int{scaling.exact});
    definition = fmt::format("THIMBLE_DWCONV2D_3X3_RV32({}, {}, {})", loop, walk.fast.stride, int{scaling.exact});
  } else {
    const std::string window =
        fmt::format("{}, {}, {}, {}, {}", walk.slow.kernel, walk.fast.kernel, walk.fast.stride, walk.fast.dilation, walk.block);
    loop = fmt::format("thimble_dwconv2d_{}x{}_{}_{}_{}", walk.slow.kernel, walk.fast.kernel, walk.fast.stride, walk.fast.dilation,
                       walk.block);
    definition = fmt::format("THIMBLE_DWCONV2D_WIDE({}, {})", loop, window);
  }
  return KernelCall("thimble_dwconv2d_s8_plane")
      .define(definition)
      .input(0)
      .output(0)
      .constant("table", table)
      .scratch()
      .name(loop)
      .geometry("thimble_dwconv2d_s8_plane_shape", plane_fields(walk, layer, graph.type(node.in[0]).quant.zero[0], kWords));
}

KernelCall lower(const Node& node, const Graph& graph) { return lower_by(node, graph, false); }
KernelCall lower_3x3(const Node& node, const Graph& graph) { return lower_by(node, graph, true); }

}  // namespace

std::span<const Kernel> dwconv2d_rv32_kernels() {
  static const Kernel kRows[] = {{.name = "dwconv2d_s8_rv32",
                                  .source = "kernels/dwconv2d_rv32.h",
                                  .op = "dwconv2d",
                                  .needs = Isa::RiscV | Isa::Mul64,
                                  .refuses = refuses_3x3,
                                  .scratch = scratch,
                                  .cycles = cycles_3x3,
                                  .lower = lower_3x3,
                                  .in_place = true},
                                 {.name = "dwconv2d_s8_plane_rv32",
                                  .source = "kernels/dwconv2d_plane.h",
                                  .op = "dwconv2d",
                                  .needs = Isa::RiscV | Isa::Mul64,
                                  .refuses = refuses,
                                  .scratch = scratch,
                                  .cycles = cycles,
                                  .lower = lower,
                                  .in_place = true}};
  return kRows;
}

}  // namespace thimble

#include <fmt/format.h>

#include "kernels/dwconv2d_plane.h"
#include "kernels/lx106_packing.h"

namespace thimble {
namespace {

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason = refuses_plane(node, graph)) return reason;
  return refuses_m0(dwconv2d_layer(node, graph));
}

int64_t scratch(const Node& node, const Graph& graph) {
  const PlaneWalk walk = plane_walk_of(node, graph);
  return 4 * walk.weight_words() + walk.bytes();
}

double cycles(const Node& node, const Graph& graph, const Board&) { return plane_cycles(plane_walk_of(node, graph), 3.2, 28, 7); }

KernelCall lower(const Node& node, const Graph& graph) {
  const PlaneWalk walk = plane_walk_of(node, graph);
  const Int8Layer layer = dwconv2d_layer(node, graph);
  const NarrowScaling scaling = *narrow_scaling_of(layer);
  std::vector<int32_t> table;
  for (int64_t c = 0; c < layer.channels; ++c) {
    table.push_back(start_of(layer, scaling, c));
    append_words(table, scaling, c);
    append_halfwords(table, walk, layer.weights_of(c), 1);
  }
  const std::string window = fmt::format("{}, {}, {}, {}, {}, {}, {}", walk.slow.kernel, walk.fast.kernel, walk.fast.stride,
                                         walk.fast.dilation, walk.block, scaling.pieces, int{scaling.signs});
  const std::string loop = fmt::format("thimble_dwconv2d_{}x{}_{}_{}_{}_{}_{}", walk.slow.kernel, walk.fast.kernel, walk.fast.stride,
                                       walk.fast.dilation, walk.block, scaling.pieces, int{scaling.signs});
  return KernelCall("thimble_dwconv2d_s8_plane")
      .define(fmt::format("THIMBLE_DWCONV2D_NARROW({}, {})", loop, window))
      .input(0)
      .output(0)
      .constant("table", table)
      .scratch()
      .name(loop)
      .geometry("thimble_dwconv2d_s8_plane_shape",
                plane_fields(walk, layer, graph.type(node.in[0]).quant.zero[0], 1 + words_per_channel(scaling)));
}

}  // namespace

std::span<const Kernel> dwconv2d_lx106_kernels() {
  static const Kernel kRows[] = {{.name = "dwconv2d_s8_lx106",
                                  .source = "kernels/dwconv2d_plane.h",
                                  .op = "dwconv2d",
                                  .needs = Isa::Xtensa,
                                  .refuses = refuses,
                                  .scratch = scratch,
                                  .cycles = cycles,
                                  .lower = lower,
                                  .in_place = true}};
  return kRows;
}

}  // namespace thimble

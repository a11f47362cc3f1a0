#include <algorithm>

#include "kernels/helium_tile.h"
#include "kernels/overlap.h"
#include "kernels/weighted.h"
#include "ops/fully_connected.h"

namespace thimble {
namespace {

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason = refuses_symmetric(node, graph)) return reason;
  if (graph.type(node.in[1]).shape[1] >= 1 << 22) return "there are too many inputs for a loop's count";
  return refuses_helium_scaling(fully_connected_layer(node, graph));
}

int64_t rows_of(const Node& node, const Graph& graph) { return graph.type(node.in[0]).elements() / graph.type(node.in[1]).shape[1]; }

HeliumTile tile_of(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  return {.pixels = 1, .rows = 1, .bytes = w.shape[1], .out_c = w.shape[0]};
}

double cycles(const Node& node, const Graph& graph, const Board&) {
  return 1.12 * static_cast<double>(rows_of(node, graph)) * (tile_of(node, graph).cost() + 30);
}

/// All outputs but those of the last group are written while the row is still read.
std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const HeliumTile tile = tile_of(node, graph);
  return overlap_of_rows(rows_of(node, graph), tile.bytes, tile.out_c, tile.out_c - tile.last_group());
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Int8Layer layer = fully_connected_layer(node, graph);
  const HeliumScaling scaling = helium_scaling_of(layer, graph.type(node.out[0]).quant.zero[0]);
  const HeliumTile tile = tile_of(node, graph);
  KernelCall call("thimble_fully_connected_s8_helium");
  const std::string name = tile.define(call, scaling);
  return call.input(0)
      .output(0)
      .constant("stream", tile.stream(layer, scaling), 16)
      .name(name)
      .geometry("thimble_fully_connected_s8_helium_shape",
                {{"rows", c_literal(rows_of(node, graph))}, {"features", c_literal(layer.taps)}, {"units", c_literal(layer.channels)}});
}

}  // namespace

std::span<const Kernel> fully_connected_helium_kernels() {
  static const Kernel kRows[] = {{.name = "fully_connected_s8_helium",
                                  .source = "kernels/fully_connected_helium.h",
                                  .op = "fully_connected",
                                  .needs = Isa::Helium,
                                  .refuses = refuses,
                                  .cycles = cycles,
                                  .lower = lower,
                                  .overlap = overlap}};
  return kRows;
}

}  // namespace thimble

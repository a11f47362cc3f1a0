#include <algorithm>

#include "kernels/avr_packing.h"
#include "kernels/overlap.h"
#include "kernels/weighted.h"
#include "kernels/window2d.h"
#include "ops/fully_connected.h"

namespace thimble {
namespace {

std::optional<std::string> refuses(const Node& node, const Graph& graph) {
  if (auto reason = refuses_symmetric(node, graph)) return reason;
  return refuses_avr(fully_connected_layer(node, graph));
}

int64_t rows_of(const Node& node, const Graph& graph) { return graph.type(node.in[0]).elements() / graph.type(node.in[1]).shape[1]; }

double cycles(const Node& node, const Graph& graph, const Board&) {
  const TensorType& w = graph.type(node.in[1]);
  return static_cast<double>(rows_of(node, graph)) * avr_cycles(w.shape[1], w.shape[0]);
}

/// Four outputs are written when all inputs have been read.
std::optional<int64_t> overlap(const Node& node, const Graph& graph) {
  const TensorType& w = graph.type(node.in[1]);
  if (w.shape[0] > 4) return std::nullopt;
  return overlap_of_rows(rows_of(node, graph), w.shape[1], w.shape[0]);
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Int8Layer layer = fully_connected_layer(node, graph);
  const AvrLayer packed = *avr_layer_of(layer);
  Fields fields;
  append(fields,
         {{"rows", rows_of(node, graph)}, {"units", layer.channels}, {"features", layer.taps}, {"step", packed.step}, {"top", packed.top}});
  return KernelCall("thimble_fully_connected_s8_avr")
      .input(0)
      .output(0)
      .constant("weights", packed.weights)
      .constant("starts", packed.starts)
      .constant("scale", packed.scale)
      .geometry("thimble_fully_connected_s8_avr_shape", std::move(fields));
}

}  // namespace

std::span<const Kernel> fully_connected_avr_kernels() {
  static const Kernel kRows[] = {{.name = "fully_connected_s8_avr",
                                  .source = "kernels/fully_connected_avr.h",
                                  .op = "fully_connected",
                                  .needs = Isa::Avr,
                                  .refuses = refuses,
                                  .cycles = cycles,
                                  .lower = lower,
                                  .overlap = overlap}};
  return kRows;
}

}  // namespace thimble

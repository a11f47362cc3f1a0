#include "kernels/kernel.h"

namespace thimble {
namespace {

KernelCall lower(const Node& node, const Graph& graph) {
  const Shape& kept = graph.type(node.in[1]).shape;
  return KernelCall("thimble_roll_f32_ref")
      .input(0)
      .input(1)
      .output(0)
      .geometry("thimble_roll_shape", {{"rows", c_literal(kept[0])}, {"columns", c_literal(kept[1])}});
}

double cycles(const Node& node, const Graph& graph, const Board&) {
  constexpr double kMoves = 2, kCyclesPerWord = 2;
  return kMoves * kCyclesPerWord * static_cast<double>(graph.type(node.in[1]).elements());
}

}  // namespace

std::span<const Kernel> roll_kernels() {
  static const Kernel kRows[] = {{.name = "roll_f32_ref", .source = "kernels/roll_ref.h", .op = "roll", .cycles = cycles, .lower = lower}};
  return kRows;
}

}  // namespace thimble

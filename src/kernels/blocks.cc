#include <vector>

#include "dsp/block.h"
#include "kernels/kernel.h"

namespace thimble {
namespace {

/// Cycles of a float operation with its share of loads and stores.
double cycles_per_operation(const Board& board) {
  if (has(board.isa, Isa::Fpu32) || has(board.isa, Isa::AArch64) || has(board.isa, Isa::X86) || has(board.isa, Isa::Wasm)) return 1.3;
  return has(board.isa, Isa::Avr) ? 150 : 60;
}

double cycles(const Node& node, const Graph& graph, const Board& board) {
  return block_named(node.op->name).work(node, graph) * cycles_per_operation(board);
}

}  // namespace

/// Each signal block is an op and its one kernel: the C that the host evaluates too.
std::span<const Kernel> blocks_kernels() {
  static const std::vector<Kernel> kRows = [] {
    std::vector<Kernel> rows;
    for (const Block* block : all_blocks())
      rows.push_back({.name = block->op.name,
                      .source = block->source,
                      .op = block->op.name,
                      .scratch = block->scratch,
                      .cycles = cycles,
                      .lower = block->lower,
                      .in_place = block->in_place});
    return rows;
  }();
  return kRows;
}

}  // namespace thimble

#include <vector>

#include "dsp/block.h"
#include "kernels/kernel.h"

namespace thimble {
namespace {

/// Cycles of a float operation with its share of loads and stores.
double cycles_per_operation(const Block& block, const Board& board) {
  if (has(board.isa, Isa::Fpu32) || has(board.isa, Isa::AArch64) || has(board.isa, Isa::X86) || has(board.isa, Isa::Wasm)) return 1.3;
  return block.soft_float * (has(board.isa, Isa::Avr) ? 2.5 : has(board.isa, Isa::RiscV) ? 0.84 : 1);
}

double cycles(const Node& node, const Graph& graph, const Board& board) {
  const Block& block = block_named(node.op->name);
  return block.work(node, graph) * cycles_per_operation(block, board);
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

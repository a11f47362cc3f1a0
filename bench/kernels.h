/// Every row of the kernel table on every core that can run it, layer by layer.
#pragma once

#include <string>
#include <vector>

#include "bench/figures.h"
#include "bench/layer_shapes.h"

namespace thimble::bench {

/// A kernel on a shape, and what it took on a board.
struct KernelFigures {
  const Kernel* kernel = nullptr;
  const LayerShape* shape = nullptr;
  const Board* board = nullptr;
  int64_t instructions = 0, cycles = 0;
  int64_t code = 0;       ///< the layer's function and all that it calls
  int64_t constants = 0;  ///< packed weights, tables
  int64_t scratch = 0;    ///< working memory in the arena
};

/// Boards whose emulator counts, one per core; those named, or all when none is.
std::vector<const Board*> boards_for_kernels(const std::vector<std::string>& names);

/// The kernels of these ops (all when none is named) on these boards, side by side. The layers of one source file make one firmware, so
/// that a new file changes no figures of others. `left_out` counts the layers that a board has no room for.
std::vector<KernelFigures> measure_kernels(const std::vector<const Board*>& boards, const std::vector<std::string>& ops, Progress& progress,
                                           int& left_out);

/// The key is "kernel shape board".
Row row_of(const KernelFigures& figures);
/// Instructions of the fixed shapes: a line per shape and kernel, a column per board.
std::vector<Grid> kernel_grids(const std::vector<Row>& rows);

}  // namespace thimble::bench

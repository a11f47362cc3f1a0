/// Lowering to the tiles of runtime/kernels/conv2d_dsp.h, for every op that is a convolution at heart.
#pragma once

#include "kernels/described.h"
#include "kernels/dsp_packing.h"
#include "ops/window2d.h"

namespace thimble {

/// Tiles made for one shape, the same with loops that a small cache of code holds, or tiles that are told the shape at run time, which all
/// layers of a model share.
enum class DspTiles : uint8_t { Own, Short, Shared };

/// What is convolved: a window over pixels, `groups` of channels at a time.
struct DspConvolution {
  Window2d at;
  int64_t groups = 1;
  Int8Layer layer;  ///< of all groups
  int32_t in_zero = 0;
  DspTiles tiles = DspTiles::Own;
};

/// See kernels/described.h.
std::optional<std::string> refuses_described(const DspConvolution& conv);
int64_t scratch_described(const DspConvolution& conv);
std::optional<int64_t> overlap_described(const DspConvolution& conv);
/// Cycles, and what its own code is worth in cycles.
double cost_described(const DspConvolution& conv, const Board& board);
int64_t loop_described(const DspConvolution& conv);
KernelCall lower_described(const DspConvolution& conv);

/// The row of an op that is convolved by these tiles.
template <DspTiles tiles, auto operands, auto describe>
constexpr Kernel conv2d_dsp_row(std::string_view name, std::string_view op, double dual_issue) {
  Kernel row = described<operands, describe>({.name = name,
                                              .source = "kernels/conv2d_dsp.h",
                                              .op = op,
                                              .needs = Isa::ArmDsp,
                                              .per_shape = tiles != DspTiles::Shared,
                                              .dual_issue = dual_issue});
  row.loop = [](const Node& node, const Graph& graph) { return loop_described(describe(node, graph)); };
  return row;
}

}  // namespace thimble

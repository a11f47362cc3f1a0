/// Convolutions and fully connected layers with weights of four bits on the ARM DSP extension (runtime/kernels/conv2d_s8w4_dsp.h).
#pragma once

#include "kernels/described.h"
#include "kernels/int8_layer.h"
#include "ops/window2d.h"

namespace thimble {

struct NibbleConvolution {
  Window2d at;
  Int8Layer layer;
  int32_t in_zero = 0;
};

/// See kernels/described.h.
std::optional<std::string> refuses_described(const NibbleConvolution& conv);
int64_t scratch_described(const NibbleConvolution& conv);
std::optional<int64_t> overlap_described(const NibbleConvolution& conv);
double cost_described(const NibbleConvolution& conv, const Board& board);
KernelCall lower_described(const NibbleConvolution& conv);

/// Operands and weights; a convolution asks for itself whether it is grouped.
std::optional<std::string> refuses_operands_s8w4_dsp(const Node& node, const Graph& graph);

/// The row of an op that is convolved so.
template <auto operands, auto describe>
constexpr Kernel conv2d_s8w4_dsp_row(std::string_view name, std::string_view op) {
  return described<operands, describe>(
      {.name = name, .source = "kernels/conv2d_s8w4_dsp.h", .op = op, .needs = Isa::ArmDsp, .half_weights = true, .dual_issue = 0.75});
}

}  // namespace thimble

/// Convolutions and fully connected layers of int16 activations on the ARM DSP extension (runtime/kernels/conv2d_s16_dsp.h).
#pragma once

#include "kernels/described.h"
#include "kernels/int16_layer.h"
#include "ops/window2d.h"

namespace thimble {

struct WideConvolution {
  Window2d at;
  Int16Layer layer;
};

/// See kernels/described.h.
std::optional<std::string> refuses_described(const WideConvolution& conv);
int64_t scratch_described(const WideConvolution& conv);
std::optional<int64_t> overlap_described(const WideConvolution& conv);
double cost_described(const WideConvolution& conv, const Board& board);
KernelCall lower_described(const WideConvolution& conv);

/// Operands and weights; a convolution asks for itself whether it is grouped.
std::optional<std::string> refuses_operands_s16_dsp(const Node& node, const Graph& graph);

/// The row of an op that is convolved so.
template <auto operands, auto describe>
constexpr Kernel conv2d_s16_dsp_row(std::string_view name, std::string_view op) {
  return described<operands, describe>(
      {.name = name, .source = "kernels/conv2d_s16_dsp.h", .op = op, .needs = Isa::ArmDsp, .dual_issue = 0.75, .align = 4});
}

}  // namespace thimble

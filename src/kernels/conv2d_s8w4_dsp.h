/// Convolutions and fully connected layers with weights of four bits on the ARM DSP extension (runtime/kernels/conv2d_s8w4_dsp.h),
/// described apart from graphs: the pixels of a fully connected layer are its rows.
#pragma once

#include "kernels/int8_layer.h"
#include "kernels/kernel.h"
#include "ops/window2d.h"

namespace thimble {

struct NibbleConvolution {
  Window2d at;
  Int8Layer layer;
  int32_t in_zero = 0;
};

/// Operands and weights; a convolution asks for itself whether it is grouped.
std::optional<std::string> refuses_operands_s8w4_dsp(const Node& node, const Graph& graph);
std::optional<std::string> refuses_conv2d_s8w4_dsp(const NibbleConvolution& conv);
int64_t scratch_conv2d_s8w4_dsp(const Window2d& at);
double cost_conv2d_s8w4_dsp(const NibbleConvolution& conv, const Board& board);
std::optional<int64_t> overlap_conv2d_s8w4_dsp(const NibbleConvolution& conv);
KernelCall lower_conv2d_s8w4_dsp(const NibbleConvolution& conv);

}  // namespace thimble

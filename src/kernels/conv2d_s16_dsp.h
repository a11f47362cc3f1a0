/// Convolutions and fully connected layers of int16 activations on the ARM DSP extension (runtime/kernels/conv2d_s16_dsp.h), described
/// apart from graphs: the pixels of a fully connected layer are its rows.
#pragma once

#include "kernels/int16_layer.h"
#include "kernels/kernel.h"
#include "ops/window2d.h"

namespace thimble {

struct WideConvolution {
  Window2d at;
  Int16Layer layer;
};

std::optional<std::string> refuses_conv2d_s16_dsp(const Node& node, const Graph& graph);
int64_t scratch_conv2d_s16_dsp(const Window2d& at);
double cost_conv2d_s16_dsp(const WideConvolution& conv);
std::optional<int64_t> overlap_conv2d_s16_dsp(const WideConvolution& conv);
KernelCall lower_conv2d_s16_dsp(const WideConvolution& conv);

}  // namespace thimble

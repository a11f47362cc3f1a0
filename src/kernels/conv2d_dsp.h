/// Lowering to the tiles of runtime/kernels/conv2d_dsp.h, for every op that is a convolution at heart.
#pragma once

#include "kernels/dsp_packing.h"
#include "kernels/kernel.h"
#include "ops/window2d.h"

namespace thimble {

/// What is convolved: a window over pixels, `groups` of channels at a time.
struct DspConvolution {
  Window2d at;
  int64_t groups = 1;
  Int8Layer layer;  ///< of all groups
  int32_t in_zero = 0;
};

/// Tiles made for one shape, or tiles that are told the shape at run time, which all layers of a model share.
enum class DspTiles : uint8_t { Own, Shared };

/// Why the tiles cannot compute it, or nothing.
std::optional<std::string> refuses_conv2d_dsp(const DspConvolution& conv, DspTiles tiles);
int64_t scratch_conv2d_dsp(const DspConvolution& conv, DspTiles tiles);
/// See Kernel::overlap.
std::optional<int64_t> overlap_conv2d_dsp(const DspConvolution& conv, DspTiles tiles);
/// Cycles, and what its own code is worth in cycles.
double cost_conv2d_dsp(const DspConvolution& conv, DspTiles tiles);
KernelCall lower_conv2d_dsp(const DspConvolution& conv, DspTiles tiles);

}  // namespace thimble

/// The keyword-spotting network of MLPerf Tiny, built in code with random weights: what the demo runs until a trained one is there.
#pragma once

#include "ir/graph.h"

namespace thimble {

/// 49x10 features in, 12 probabilities out, int8: a 10x4 convolution, four depthwise-separable blocks of 64 channels, a mean, a
/// classifier. The same seed gives the same weights on every machine.
Graph make_ds_cnn(uint32_t seed = 1);

}  // namespace thimble

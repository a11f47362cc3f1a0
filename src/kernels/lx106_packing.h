/// What the kernels for the LX106 share: sums of inputs and weights that are both kept 128 too large.
#pragma once

#include "kernels/m0_packing.h"

namespace thimble {

/// Where the sum of channel c starts, as an unsigned x of its NarrowWords, when weights and inputs are 128 too large: what is left to take
/// off is 128 times the sum of those inputs.
int32_t start_of(const Int8Layer& layer, const NarrowScaling& scaling, int64_t c);

/// One channel's scaling that serves all of them, and where each sum starts; nothing where they differ.
struct SharedScaling {
  NarrowScaling narrow;  ///< of one channel
  std::vector<int32_t> starts;
};
std::optional<SharedScaling> shared_scaling_of(const Int8Layer& layer);

/// Weight k of channel c as it is kept; 128 beyond the layer's taps and channels.
uint32_t weight_byte(const Int8Layer& layer, int64_t c, int64_t k);

/// How many words requantise one channel.
int words_per_channel(const NarrowScaling& scaling);

}  // namespace thimble

/// What the kernels for RV32IM share: blocks of taps whose sums of pairs stay apart, and the code that each block names.
#pragma once

#include "kernels/int8_scaling.h"

namespace thimble {

/// How many of the taps [first, last) can be summed before a low half could leave its 16 bits for some int8 inputs, in each of the channels
/// [channel, channel + channels): at least one, at most `most`.
int64_t block_length(const Int8Layer& layer, int64_t channel, int64_t channels, int64_t first, int64_t most);

/// The words that requantise a channel: {m, h}, the shift, and what a negative sum adds.
struct ChannelWords {
  int32_t mantissa = 0, addend = 0, shift = 0, negative = 0;
};
ChannelWords channel_words(const Int8Layer& layer, const Int8Scaling& scaling, int64_t channel);

}  // namespace thimble

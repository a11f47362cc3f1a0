/// What the kernels for RV32IM share: blocks of taps, and what requantises a channel.
#pragma once

#include "kernels/int8_scaling.h"

namespace thimble {

/// Lengths of the blocks of taps that are summed as pairs in the channels [channel, channel + channels), each of `most` taps at the utmost.
std::vector<int> blocks_of(const Int8Layer& layer, int64_t channel, int64_t channels, int most);

/// The words that requantise a channel: {m, h}, the shift, and what a negative sum adds.
struct ChannelWords {
  int32_t mantissa = 0, addend = 0, shift = 0, negative = 0;
  bool operator==(const ChannelWords&) const = default;
};
ChannelWords channel_words(const Int8Layer& layer, const Int8Scaling& scaling, int64_t channel);

}  // namespace thimble

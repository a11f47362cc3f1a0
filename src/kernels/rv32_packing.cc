#include "kernels/rv32_packing.h"

#include "kernels/pair_packing.h"

namespace thimble {

std::vector<int> blocks_of(const Int8Layer& layer, int64_t channel, int64_t channels, int most) {
  std::vector<std::span<const int8_t>> weights;
  for (int64_t c = channel; c < channel + channels; ++c) weights.push_back(layer.weights_of(c));
  return pair_blocks(weights, most);
}

ChannelWords channel_words(const Int8Layer& layer, const Int8Scaling& scaling, int64_t channel) {
  const auto c = static_cast<size_t>(channel);
  const int32_t* const words = scaling.table.data() + channel * scaling.words();
  ChannelWords w{.mantissa = words[0], .addend = words[1], .shift = scaling.shift, .negative = 0};
  if (scaling.shift < 0) {
    w.shift = words[2];
    if (scaling.exact && layer.multipliers[c].mantissa != 0) w.negative = -(1 << (scaling.up - 1));
  } else if (scaling.exact) {
    w.negative = words[2];
  }
  return w;
}

}  // namespace thimble

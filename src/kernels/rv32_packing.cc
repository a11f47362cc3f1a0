#include "kernels/rv32_packing.h"

#include <algorithm>

namespace thimble {
namespace {

/// The least and the greatest sum of the taps for int8 inputs.
struct Reach {
  int64_t least = 0, most = 0;
  void add(int64_t weight) {
    least -= weight > 0 ? 128 * weight : -127 * weight;
    most += weight > 0 ? 127 * weight : -128 * weight;
  }
  bool fits() const { return least >= -(1 << 15) && most < 1 << 15; }
};

}  // namespace

int64_t block_length(const Int8Layer& layer, int64_t channel, int64_t channels, int64_t first, int64_t most) {
  int64_t length = std::min(most, layer.taps - first);
  for (int64_t c = channel; c < channel + channels; ++c) {
    Reach reach;
    int64_t n = 0;
    for (; n < length; ++n) {
      reach.add(layer.weights_of(c)[static_cast<size_t>(first + n)]);
      if (!reach.fits()) break;
    }
    length = n;
  }
  return length;
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

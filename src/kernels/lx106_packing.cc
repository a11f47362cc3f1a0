#include "kernels/lx106_packing.h"

namespace thimble {

int32_t start_of(const Int8Layer& layer, const NarrowScaling& scaling, int64_t c) {
  const auto i = static_cast<size_t>(c);
  uint32_t start = static_cast<uint32_t>(layer.bias[i]) - static_cast<uint32_t>(scaling.channels[i].low);
  for (int8_t w : layer.weights_of(c)) start -= 128u * static_cast<uint32_t>(int32_t{w});
  return static_cast<int32_t>(start);
}

uint32_t weight_byte(const Int8Layer& layer, int64_t c, int64_t k) {
  if (c >= layer.channels || k >= layer.taps) return 128;
  return static_cast<uint32_t>(layer.weights_of(c)[static_cast<size_t>(k)] + 128);
}

int words_per_channel(const NarrowScaling& scaling) { return 5 + 2 * (scaling.pieces - 2) + 2 * int{scaling.signs}; }

}  // namespace thimble

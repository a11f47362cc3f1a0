#include "kernels/lx106_packing.h"

namespace thimble {
namespace {

/// What weights that are 128 too large leave of a start, when the inputs are too.
int32_t without_excess(const Int8Layer& layer, int64_t c, int32_t start) {
  auto x = static_cast<uint32_t>(start);
  for (int8_t w : layer.weights_of(c)) x -= 128u * static_cast<uint32_t>(int32_t{w});
  return static_cast<int32_t>(x);
}

}  // namespace

std::optional<SharedScaling> shared_scaling_of(const Int8Layer& layer) {
  const auto one = widest_channel(layer);
  const auto narrow = one ? narrow_scaling_of(*one) : std::nullopt;
  if (!narrow) return std::nullopt;
  SharedScaling shared{.narrow = *narrow, .starts = {}};
  for (int64_t c = 0; c < layer.channels; ++c) {
    const auto start = x_of_bias(layer, c, narrow->channels[0]);
    if (!start) return std::nullopt;
    shared.starts.push_back(without_excess(layer, c, *start));
  }
  return shared;
}

int32_t start_of(const Int8Layer& layer, const NarrowScaling& scaling, int64_t c) {
  const auto i = static_cast<size_t>(c);
  return without_excess(layer, c,
                        static_cast<int32_t>(static_cast<uint32_t>(layer.bias[i]) - static_cast<uint32_t>(scaling.channels[i].low)));
}

uint32_t weight_byte(const Int8Layer& layer, int64_t c, int64_t k) {
  if (c >= layer.channels || k >= layer.taps) return 128;
  return static_cast<uint32_t>(layer.weights_of(c)[static_cast<size_t>(k)] + 128);
}

int words_per_channel(const NarrowScaling& scaling) { return 5 + 2 * (scaling.pieces - 2) + 2 * int{scaling.signs}; }

}  // namespace thimble

#include "kernels/lx106_packing.h"

#include <algorithm>

namespace thimble {
namespace {

/// What weights that are 128 too large leave of a start, when the inputs are too.
int32_t without_excess(const Int8Layer& layer, int64_t c, int32_t start) {
  auto x = static_cast<uint32_t>(start);
  for (int8_t w : layer.weights_of(c)) x -= 128u * static_cast<uint32_t>(int32_t{w});
  return static_cast<int32_t>(x);
}

/// A layer of one channel that reaches as far as any of this one's; nothing where their scales differ.
std::optional<Int8Layer> widest(const Int8Layer& layer) {
  Int8Layer one{.channels = 1,
                .taps = 0,
                .weights = {},
                .bias = {0},
                .multipliers = {{}},
                .out_zero = {},
                .range = layer.range,
                .exact_ties = layer.exact_ties};
  for (int64_t c = 0; c < layer.channels; ++c) {
    const auto i = static_cast<size_t>(c);
    if (layer.multipliers[i].mantissa == 0) continue;
    if (one.multipliers[0].mantissa != 0 && one.multipliers[0] != layer.multipliers[i]) return std::nullopt;
    one.multipliers[0] = layer.multipliers[i];
    one.out_zero.assign(1, layer.out_zero[i]);
    one.bias[0] = std::max(one.bias[0], static_cast<int32_t>(farthest_of(layer, c)));
  }
  if (one.out_zero.empty()) return std::nullopt;
  return one;
}

/// A channel that is constant starts where the least or the largest output is, or nowhere.
std::optional<int32_t> constant_start(const NarrowWords& words, int32_t output) {
  if (output == words.least) return 0;
  if (output == words.most) return static_cast<int32_t>(words.range);
  return std::nullopt;
}

}  // namespace

std::optional<SharedScaling> shared_scaling_of(const Int8Layer& layer) {
  const auto one = widest(layer);
  const auto narrow = one ? narrow_scaling_of(*one) : std::nullopt;
  if (!narrow) return std::nullopt;
  SharedScaling shared{.narrow = *narrow, .starts = {}};
  const NarrowWords& words = narrow->channels[0];
  for (int64_t c = 0; c < layer.channels; ++c) {
    const auto i = static_cast<size_t>(c);
    const auto start =
        layer.multipliers[i].mantissa == 0 ? constant_start(words, layer.out_zero[i]) : std::optional(layer.bias[i] - words.low);
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

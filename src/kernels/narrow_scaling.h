/// Requantisation for cores whose multiplication keeps only the low 32 bits, proven equal to the reference for every sum of a layer.
///
/// x = sum - low; beyond `range` (unsigned) the output is `least` or `most`; else it is the top byte of x * m0 + (x * m1 >> shift) +
/// addend, or, in three pieces, of x * m0 + (x * m1 + (x * m2 + inner >> shift) >> shift) + addend. The top byte needs no more than 32 bits
/// of the first product, and `shift` is such that the others fit. A clamped sum is never multiplied.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "kernels/int8_layer.h"

namespace thimble {

/// The words of one channel.
struct NarrowWords {
  int32_t low = 0;     ///< every sum below gives `least`
  uint32_t range = 0;  ///< every sum above low + range gives `most`
  uint32_t m0 = 0, m1 = 0, m2 = 0;
  uint32_t addend = 0, inner = 0;
  uint32_t negative = 0;  ///< taken off where the sum is below 0, that is where x < -low
  int shift = 0;
  int8_t least = 0, most = 0;

  /// Where sums are negative, as an x (unsigned).
  uint32_t sign_at() const { return low < 0 ? static_cast<uint32_t>(-int64_t{low}) : 0; }
  /// `shift` as a shift instruction reads it, in the lowest byte; above it the bytes `least` and `most`.
  uint32_t shift_and_ends() const {
    return static_cast<uint32_t>(shift) | static_cast<uint32_t>(static_cast<uint8_t>(least)) << 8 |
           static_cast<uint32_t>(static_cast<uint8_t>(most)) << 16;
  }
};

struct NarrowScaling {
  int pieces = 2;      ///< of the multiplier
  bool signs = false;  ///< some channel rounds negative sums differently
  std::vector<NarrowWords> channels;
};

/// The cheapest scaling that is exact for all channels of the layer, or nothing.
std::optional<NarrowScaling> narrow_scaling_of(const Int8Layer& layer);

/// Where the sums of a channel lie that decide: all below give the least output, all above the largest. Sets low, range, least, most.
NarrowWords useful_sums(const Int8Layer& layer, size_t c);

/// Whether `answer`, which never falls, is the output of channel c for every x from 0 to the range of these useful sums.
bool agrees(const Int8Layer& layer, size_t c, const NarrowWords& useful, const std::function<int64_t(int64_t x)>& answer);

/// A layer of one channel without weights that reaches as far as any of this one's, so that its scaling serves them all; nothing where
/// their scales differ.
std::optional<Int8Layer> widest_channel(const Int8Layer& layer);

/// The x that the bias of channel c alone comes to under the words of the widest channel; nothing for a channel that is constant and
/// gives neither end of their range.
std::optional<int32_t> x_of_bias(const Int8Layer& layer, int64_t c, const NarrowWords& words);

}  // namespace thimble

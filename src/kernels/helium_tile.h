/// What the kernels for Helium share: requantisation in vectors of four, and the weight stream of the matrix tile.
#pragma once

#include <optional>
#include <string>

#include "kernels/int8_layer.h"
#include "kernels/kernel.h"

namespace thimble {

/// How sums become outputs: see runtime/core/helium.h.
struct HeliumScaling {
  int shift = -1;  ///< the one of all channels, 1 to 16; -1: each has its own
  bool exact = false;
  int32_t zero = 0;
  IntRange range{};

  int64_t word_vectors() const { return shift < 0 ? 3 : 2; }
  /// The literals of THIMBLE_SCALING_HELIUM, and the same as part of a name.
  std::string literals() const;
  std::string name() const;
};
/// `zero`: of the output.
HeliumScaling helium_scaling_of(const Int8Layer& layer, int32_t zero);

/// Why sums of this layer cannot be requantised by these kernels, or nothing.
std::optional<std::string> refuses_helium_scaling(const Int8Layer& layer);

/// The bias, mantissa and negated shift of a channel; channel < 0: zeros.
struct HeliumWords {
  int32_t bias = 0, mantissa = 0, shift = 0;
};
HeliumWords helium_words_of(const Int8Layer& layer, const HeliumScaling& scaling, int64_t channel);

/// Appends `scaling.word_vectors()` times the words of the given channels.
void append_helium_words(std::vector<int8_t>& stream, const Int8Layer& layer, const HeliumScaling& scaling,
                         std::span<const std::span<const int64_t>> fours);

/// A matrix tile: see runtime/core/helium_tile.h.
struct HeliumTile {
  int64_t pixels = 2, rows = 1, bytes = 0, out_c = 0;
  int64_t step = 0;  ///< from the taps of a tile to those of the next one

  int64_t vectors() const { return rows * ((bytes + 15) / 16); }
  int64_t unroll() const;
  bool wide() const;
  /// Channels of the group that comes last.
  int64_t last_group() const;
  /// Instructions for all channels of one tile.
  double cost() const;
  /// Defines the tile's function in the call; returns its name.
  std::string define(KernelCall& call, const HeliumScaling& scaling) const;
  std::vector<int8_t> stream(const Int8Layer& layer, const HeliumScaling& scaling) const;
};

}  // namespace thimble

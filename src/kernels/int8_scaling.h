/// Requantisation as one multiplication, one addition and one shift, proven equal to the reference for every sum that a layer can reach.
///
/// A sum is raised by 2^up, multiplied, and shifted down by a literal that all channels of the layer share: (sum << up) * m + (h << 32),
/// of which the high word >> shift is the output. With up >= 2 the word h resolves both roundings of the reference, so one addition makes
/// them; what a common shift costs in bits of m is proven harmless threshold by threshold, or every channel gets its own shift.
#pragma once

#include <optional>
#include <string>

#include "kernels/int8_layer.h"

namespace thimble {

/// How the sums of a layer are brought to int8.
struct Int8Scaling {
  int up = 0;      ///< what sums are shifted up before the multiplication
  int shift = -1;  ///< the common shift; -1: the third word of each channel
  bool exact = false;
  std::vector<int32_t> table;  ///< per channel {m, h} or {m, h, third}; third: what a negative sum adds, or the shift

  int words() const { return exact || shift < 0 ? 3 : 2; }
  void append(std::vector<int32_t>& stream, int64_t channel) const;
};
/// The common shift is brought down to `shared` by a smaller `up`, but not below `least_up`, so that layers of one shape share their code.
Int8Scaling scaling_of(const Int8Layer& layer, int shared, int least_up);

/// Why sums of this layer cannot be requantised by these kernels, or nothing.
std::optional<std::string> refuses_scaling(const Int8Layer& layer);

}  // namespace thimble

/// From the spread of a value to the range that its int8 codes are to cover.
#pragma once

#include <string_view>

#include "compress/histogram.h"

namespace thimble {

enum class CalibrationMethod : uint8_t {
  MinMax,      ///< all that was seen
  Percentile,  ///< all but the outermost share at either end
  Mse,         ///< the least squared error between numbers and codes
  Entropy      ///< codes whose distribution diverges least from that of the numbers
};
std::span<const std::string_view> enum_names(CalibrationMethod);

/// Never wider than what was seen. `percentile`: the share of numbers, in percent, that lies inside at either end.
Range choose_range(const Histogram& histogram, CalibrationMethod method, double percentile);

}  // namespace thimble

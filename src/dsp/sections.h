/// Designs of digital filters, as the sections that runtime/dsp/biquad.h reads.
#pragma once

#include <cstdint>
#include <vector>

namespace thimble {

/// Butterworth of an even order; `corner` in shares of the sampling rate, below 1/2.
std::vector<float> butterworth_low(int64_t order, double corner);
std::vector<float> butterworth_high(int64_t order, double corner);
/// Chebyshev of the first kind of an even order, with that ripple in its pass band.
std::vector<float> chebyshev_low(int64_t order, double ripple_db, double corner);

}  // namespace thimble

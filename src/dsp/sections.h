/// Designs of digital filters, as the sections that runtime/dsp/biquad.h reads.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace thimble {

/// Which frequencies a block keeps of its samples.
enum class Pass : uint8_t { None, Low, High };
std::span<const std::string_view> enum_names(Pass);
/// The filter that keeps them: none for Pass::None or the order 0.
std::vector<float> pass_sections(Pass pass, int64_t order, double corner);

/// Butterworth of an even order; `corner` in shares of the sampling rate, below 1/2.
std::vector<float> butterworth_low(int64_t order, double corner);
std::vector<float> butterworth_high(int64_t order, double corner);
/// Chebyshev of the first kind of an even order, with that ripple in its pass band.
std::vector<float> chebyshev_low(int64_t order, double ripple_db, double corner);

/// The low pass before one of `ratio` samples is kept: of order 8, flat to 0.05 dB up to four fifths of what the new rate can hold.
std::vector<float> decimator(int64_t ratio);

}  // namespace thimble

/// Signals at another rate, without the frequencies that the lower of both rates cannot carry.
#pragma once

#include <span>
#include <vector>

#include "data/recording.h"

namespace thimble {

/// `samples` [time][channel] at `from` samples a second, at `to`; equal rates give equal samples. A windowed sinc of 32 zero crossings;
/// what lies beyond the ends counts as nothing was there, so that a constant stays itself.
std::vector<float> resample(std::span<const float> samples, size_t channels, double from, double to);

/// The recording at `rate`; as it is where it has that rate already.
void resample(Recording& recording, double rate);

}  // namespace thimble

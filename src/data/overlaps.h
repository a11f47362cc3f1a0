/// Stretches of samples that stand in two recordings: the same window twice, though the recordings differ.
#pragma once

#include <vector>

#include "data/recording.h"

namespace thimble {

struct Overlap {
  const Recording *first, *second;
  int64_t first_start, second_start, samples;  ///< samples: at least so many are the same from there on
};

/// One for each pair of different recordings that share a stretch of 64 samples in which something happens. Pictures are not looked at,
/// nor recordings that are the same altogether.
std::vector<Overlap> overlaps_of(const std::vector<Recording>& recordings);

}  // namespace thimble

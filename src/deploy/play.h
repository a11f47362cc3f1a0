/// Recordings played through a firmware sample by sample, as if from the sensor.
#pragma once

#include <vector>

#include "deploy/deploy.h"

namespace thimble {

/// A push that made a result.
struct PlayedResult {
  int64_t sample = 0;  ///< the last one that it saw
  int32_t answer = 0;  ///< the class after smoothing; -1: uncertain
  std::vector<float> scores;
};

/// All results of each recording; a recording is its samples, [time][axis], and begins with a fresh model. The firmware must have been
/// built with BuildOptions::play, from a model that was compiled with a stream and has float outputs.
std::vector<std::vector<PlayedResult>> play_firmware(const Firmware& firmware, const std::vector<std::vector<float>>& recordings,
                                                     Progress& progress);

}  // namespace thimble

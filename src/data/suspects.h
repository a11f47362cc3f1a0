/// Recordings whose label may be wrong.
#pragma once

#include <string>
#include <vector>

#include "data/recording.h"

namespace thimble {

struct Suspect {
  const Recording* recording;
  std::string looks_like;  ///< the label of all its nearest neighbours
};

/// By a few statistics of each channel: those whose five nearest neighbours agree on another label. All must have the same channels.
std::vector<Suspect> label_suspects(const std::vector<Recording>& recordings);

}  // namespace thimble

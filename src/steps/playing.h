/// Recordings that a model never saw, played through it on a board as if from the sensor: what it said when, and how often it was right.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "codegen/stream.h"
#include "deploy/play.h"
#include "steps/training.h"

namespace thimble {

/// How the sensors of the project feed its impulse, and how often there is to be a result.
Stream stream_of(const Impulse& impulse);

/// A recording on its way through a model.
struct Playing {
  std::string name;
  int32_t label = -1;                 ///< number of its class; -1: it has none
  std::vector<float> samples;         ///< [time][channel]
  std::vector<PlayedResult> results;  ///< once it was played

  /// The class that it was called most often, the first of equals; -1: none.
  int32_t verdict() const;
};

/// The recordings of the test split, one of each class in turn; `most` of them, 0: all. One that is too short for a window is its window,
/// padded as in training.
std::vector<Playing> test_recordings(const Dataset& dataset, int64_t most);

/// Plays them on the firmware.
void play(const Firmware& firmware, std::vector<Playing>& recordings, Progress& progress);

/// A line a recording: what it is, and what was answered as it went by.
std::string timeline_text(const std::vector<Playing>& recordings, const Stream& stream);
/// Truth against verdict, with a column for those that were never sure.
std::string verdicts_text(const std::vector<Playing>& recordings, const Stream& stream);
Json played_json(const std::vector<Playing>& recordings, const Stream& stream);

}  // namespace thimble

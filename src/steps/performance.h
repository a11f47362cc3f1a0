/// An impulse on its board: what it takes, what it costs, and what it said to recordings that it never saw.
#pragma once

#include <optional>

#include "steps/cost.h"
#include "steps/playing.h"

namespace thimble {

struct Performance {
  FirmwareSizes sizes;
  Cost window;                                 ///< of one whole window
  std::optional<double> result_ms, result_uj;  ///< of each result in a stream, whose frames may serve several windows
  double seconds_between = 0;                  ///< results of the stream; 0: it is none
  std::vector<Playing> recordings;             ///< played
};

/// Builds the firmware, counts one window on it, and plays the recordings: sample by sample, or as whole windows where that is what comes.
Performance perform(const Compiled& model, const Board& board, const Stream& stream, std::vector<Playing> recordings, Progress& progress);

/// "2.10 ms and 56 uJ per window ... a 200 mAh cell ..."; nothing where the board's emulator does not count.
std::string cost_text(const Performance& performance, const Board& board);
void set_cost(Json& json, const Performance& performance);

}  // namespace thimble

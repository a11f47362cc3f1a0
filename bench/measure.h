/// One model on one board, measured the way `thimble profile` does it; many of them side by side.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "deploy/deploy.h"
#include "steps/pipeline.h"

namespace thimble::bench {

struct Job {
  std::string model, file, board;
  Optimize optimize = Optimize::Balanced;
  bool waits = true;  ///< for the flash, where the board's does
};

struct LayerFigures {
  std::string name, op, kernel;
  Shape in, out;
  int64_t macs = 0, instructions = 0, cycles = 0;
};

/// What was measured; instructions and cycles are missing where the board's emulator cannot count.
struct Figures {
  Job job;
  bool fits = true;
  std::optional<int64_t> instructions, cycles;
  FirmwareSizes sizes;
  std::vector<LayerFigures> layers;
  std::vector<std::string> imported;  ///< names of the nodes as the file has them
};

/// Compiles, links, runs one seeded random record, counts. A model that the board has no room for comes back with `fits` false.
Figures measure(const Job& job);

/// All jobs, as many at a time as the machine has cores, results in the order of the jobs.
std::vector<Figures> measure_all(const std::vector<Job>& jobs, Progress& progress);

/// "balanced" and the like.
std::string_view word_of(Optimize optimize);

}  // namespace thimble::bench

/// The row of an evaluation or a compilation in the project's store of runs.
#pragma once

#include <string>
#include <vector>

#include "runs/store.h"
#include "steps/training.h"

namespace thimble {

/// Something done with an impulse, at its end.
struct FinishedRun {
  std::string kind, board;  ///< as RunStart has them
  std::string config, data_hash;
  std::vector<Metric> metrics;
  std::vector<std::filesystem::path> files;  ///< that it wrote
  double seconds = 0;
};

/// Notes it as a run that is done. Where the project can only be read, or its store cannot be used, nothing is kept, and the line
/// that is returned says why.
std::string keep_run(const Project& project, const FinishedRun& run);

}  // namespace thimble

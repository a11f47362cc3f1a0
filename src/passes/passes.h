/// The passes that the build found in this folder, and the lists in which they run.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ir/pass.h"

namespace thimble {

std::span<const Pass* const> all_passes();

/// How one pass went.
struct PassReport {
  std::string name;
  int rewrites = 0;
  double ms = 0;
  size_t nodes = 0;  ///< after the pass
  std::vector<std::string> notes;
  std::string before, after;  ///< printed graphs, when snapshots were asked for and the pass changed something
};

struct PipelineOptions {
  std::string stop_after;            ///< name of the last pass to run; empty: all
  std::vector<std::string> without;  ///< passes left out
  bool snapshots = false;
};

/// Runs the deployment pipeline (pipelines.cc) over the graph, verifying it after every pass.
/// Unknown names in the options are User errors with a suggestion.
std::vector<PassReport> run_pipeline(Graph& graph, const PipelineOptions& options = {});

}  // namespace thimble

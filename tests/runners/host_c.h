/// Many graphs through the compiler at once: compiled for the host, built with few runs of gcc, run on their records.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "ir/interpreter.h"
#include "targets/board.h"

namespace thimble::testing {

struct HostModel {
  Graph graph;
  std::vector<std::vector<Buffer>> records;
};

struct HostOutcome {
  std::string fault;  ///< empty when the C was written, built without a warning and ran clean
  std::vector<std::vector<Buffer>> outputs;
};

/// Builds as C99 with all warnings as errors under ASan and UBSan, checks the same text as C++17, runs every record. The arena is
/// scribbled over before each run, so that nothing rests on what was there. One model's fault does not spoil the others. `board`: one that
/// this machine can run.
std::vector<HostOutcome> run_as_host_c(const std::vector<HostModel>& models, const std::filesystem::path& dir,
                                       const Board& board = board_named("x86_64"));

}  // namespace thimble::testing

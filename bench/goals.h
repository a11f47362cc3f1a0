/// What the project promises for the four MLPerf Tiny models, and how far it is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/figures.h"

namespace thimble::bench {

struct GoalVerdict {
  std::string what, board, model;
  int64_t limit = 0, ours = 0;
  std::optional<double> peer;  ///< the best figure of others in this measure, where there is one
  bool met() const { return ours <= limit; }
};

/// One verdict per goal and model that `rows` have a figure for.
std::vector<GoalVerdict> judge(const std::vector<Row>& rows);
/// What must be measured to judge all goals; nothing where ../shared is absent.
std::vector<Job> goal_jobs(const fs::path& made);
Grid goal_grid(const std::vector<GoalVerdict>& verdicts);

}  // namespace thimble::bench

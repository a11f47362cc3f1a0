/// How good a model's answers are, for any task: figures, the terminal's tables, JSON.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "data/metrics.h"
#include "data/windows.h"
#include "models/task.h"

namespace thimble {

/// The scores of one group (person, session).
struct GroupScore {
  std::string group;
  int64_t examples = 0;
  double value = 0;  ///< accuracy, or mean absolute error
};

struct Scores {
  Task task = Task::Classification;
  std::vector<std::string> classes;
  int64_t examples = 0;
  Classification classification;   ///< of Classification
  MultiLabel labels;               ///< of MultiLabel
  Regression numbers;              ///< of Regression and Reconstruction
  std::vector<int32_t> answers;    ///< of Classification: the class that each example was taken for
  std::vector<GroupScore> groups;  ///< by name; empty where there are fewer than two

  /// What one remembers: {"accuracy", 0.97} or {"mae", 0.3}.
  std::pair<std::string, double> headline() const;
  /// All figures by name.
  std::vector<std::pair<std::string, double>> figures() const;
};

/// `outputs`: of every example of `examples`, one after the other.
Scores scores_of(Task task, const Dataset& dataset, const Examples& examples, const std::vector<float>& outputs);

/// Figures, confusion matrix, groups.
std::string scores_text(const Scores& scores);
Json json_of(const Scores& scores);
/// The headline as one reads it: "97.5 %", "mae 0.3".
std::string headline_text(const Scores& scores);

}  // namespace thimble

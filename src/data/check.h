/// What is wrong, or looks wrong, with a set of recordings: found before a model learns it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/recording.h"

namespace thimble {

enum class Severity : uint8_t { Note, Warning, Fault };

struct Finding {
  Severity severity;
  std::string kind;  ///< one word for machines: "clipped", "duplicate", ...
  std::string text;  ///< names the recordings, with file and line
  std::string hint;
};

/// A recording's place for people: "train/circle.csv:121" or its name.
std::string place_of(const Recording& recording);

/// True where labels are measurements, not classes: more than 20 different numbers, most of them seen once.
bool labels_are_numbers(const std::vector<Recording>& recordings);

/// All findings, faults first. A fault is what training would refuse.
std::vector<Finding> check_recordings(const std::vector<Recording>& recordings);

}  // namespace thimble

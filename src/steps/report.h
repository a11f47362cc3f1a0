/// The report of a training: one HTML file that needs nothing else, with its charts as SVG.
#pragma once

#include <string>

#include "codegen/compiled.h"
#include "steps/training.h"

namespace thimble {

struct ReportInput {
  const Project& project;
  const TrainedProject& result;
  const Compiled& compiled;  ///< the impulse on the project's board
};

/// Depends on what was trained alone: equal trainings give equal text, but for the seconds that they took.
std::string report_html(const ReportInput& input);

}  // namespace thimble

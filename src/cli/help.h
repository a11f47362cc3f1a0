/// What `thimble` and `thimble VERB --help` print; written from the step table.
#pragma once

#include <string>

#include "steps/step.h"

namespace thimble {

/// Every verb in the order of the work, and where to start.
std::string overview(std::string_view version);
/// Usage, fields with defaults and ranges, examples.
std::string help_of(const Step& step);

}  // namespace thimble

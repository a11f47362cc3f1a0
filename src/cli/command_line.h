/// A verb's words into its request: flags, defaults and spelling help all come from the step's fields.
#pragma once

#include <span>
#include <string>

#include "steps/step.h"

namespace thimble {

struct CommandLine {
  AttrBag request;  ///< only what was given
  bool json = false, help = false;
};

/// Parses the words after the verb; User errors name the flag, the valid values and the nearest known word.
CommandLine parse_command_line(const Step& step, std::span<const std::string> words);

}  // namespace thimble

/// A user verb: at once a subcommand, a route of the studio, a form and a page of the manual.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "base/json.h"
#include "base/progress.h"

namespace thimble {

/// What a verb says: text for people and the same as JSON for machines.
struct StepResult {
  std::string text;
  Json json;
  int status = 0;  ///< exit code where the verb itself went well but its verdict is no (verify: 1)
};

struct Step {
  std::string_view name, summary;
  std::string_view examples;                ///< shown at the end of --help: "thimble run kws.tflite --board pico\n..."
  std::vector<std::string> positional;      ///< names of the fields given without a flag, in order
  std::vector<FieldInfo> (*fields)();       ///< the request's fields with their defaults
  StepResult (*run)(const AttrBag&, Progress&);
};

std::span<const Step* const> all_steps();

}  // namespace thimble

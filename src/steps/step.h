/// A user verb: at once a subcommand, a route of the studio, a form and a page of the manual.
#pragma once

#include <span>
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

/// Where in the work a verb has its place; the overview lists verbs in this order, by name within a stage.
enum class Stage { Start, Look, Build, Measure, Tables };

struct Step {
  std::string_view name, summary;  ///< the summary is one line without a full stop
  Stage stage = Stage::Tables;
  std::string_view details;                      ///< a paragraph of --help: what it does that the summary cannot say
  std::string_view examples;                     ///< shown at the end of --help: "thimble run kws.tflite --board pico\n..."
  std::vector<std::string_view> positional{};    ///< names of the fields given without a flag, in order
  size_t required = 0;                           ///< how many of them must be given
  std::vector<FieldInfo> (*fields)() = nullptr;  ///< the request's fields with their defaults
  StepResult (*run)(const AttrBag&, Progress&) = nullptr;
};

std::span<const Step* const> all_steps();
/// The step of that name; a User error that suggests one when there is none.
const Step& step_named(std::string_view name);

/// How a field is typed: "after_passes" is "--after-passes".
std::string flag_of(std::string_view field);

/// A request without fields.
struct NoRequest {
  template <class V>
  void fields(V&&) {}
};
template <class Request>
std::vector<FieldInfo> request_fields() {
  return fields_of(Request{});
}

}  // namespace thimble

#include "steps/step.h"

namespace thimble {

const Step& step_named(std::string_view name) {
  std::vector<std::string> names;
  for (const Step* step : all_steps()) {
    if (step->name == name) return *step;
    names.emplace_back(step->name);
  }
  throw Error(Blame::User, "thimble has no verb '" + std::string(name) + "'" + suggest(name, names), "`thimble` lists them all");
}

std::string flag_of(std::string_view field) {
  std::string flag = "--" + std::string(field);
  for (char& c : flag)
    if (c == '_') c = '-';
  return flag;
}

}  // namespace thimble

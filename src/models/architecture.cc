#include "models/architecture.h"

#include <algorithm>
#include <string>

namespace thimble {

std::span<const std::string_view> enum_names(Task) {
  static constexpr std::string_view kNames[] = {"classification", "regression", "multi_label", "reconstruction"};
  return kNames;
}

const Architecture& architecture_named(std::string_view name) {
  std::vector<std::string> names;
  for (const Architecture* one : all_architectures()) {
    if (one->name == name) return *one;
    names.emplace_back(one->name);
  }
  throw Error(Blame::User, "there is no architecture '" + std::string(name) + "'" + suggest(name, names));
}

}  // namespace thimble

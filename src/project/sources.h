/// Recordings made up from nothing, by name: a row for each simulator of data/synthetic.h.
#pragma once

#include <string_view>
#include <vector>

#include "base/fields.h"
#include "base/progress.h"
#include "data/recording.h"

namespace thimble {

struct Source {
  std::string_view name, summary;
  std::vector<FieldInfo> (*fields)() = nullptr;
  std::vector<Recording> (*make)(const AttrBag&, Progress&) = nullptr;
};

std::span<const Source> all_sources();
/// The one of that name; a User error that suggests one when there is none.
const Source& source_named(std::string_view name);

}  // namespace thimble

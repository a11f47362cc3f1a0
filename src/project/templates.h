/// What `thimble new` writes: a thimble.toml whose comments are the fields' own help, so that they cannot go stale.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace thimble {

struct Template {
  std::string_view name, summary;
  std::string_view settings;  ///< TOML: what the template sets; every other key is written commented out, at its default
};

std::span<const Template> all_templates();
/// The one of that name; a User error that suggests one when there is none.
const Template& template_named(std::string_view name);

/// The text of a thimble.toml: the template's settings with their meaning, all others after them as comments with default and range.
std::string project_text(const Template& row, const std::string& name);

}  // namespace thimble

/// What the tests of this folder share: the text of a project, and what is wrong with one.
#pragma once

#include <functional>
#include <string>

#include "base/error.h"
#include "project/project.h"

namespace thimble {

inline std::string told(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return explain(error);
  }
  return "none";
}

/// A project's text with `more` behind what every project needs.
inline std::string with(const std::string& more) { return "[project]\nname = \"x\"\n[data]\npath = \"recordings\"\n" + more; }
inline std::string fault_of(const std::string& text) {
  return told([&] { parse_project(text, "."); });
}

}  // namespace thimble

/// Runs the built `thimble` as a user does.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace thimble::testing {

struct Said {
  int status = 0;
  std::string out, err;

  Json json() const { return Json::parse(out); }
};

Said run_thimble(const std::vector<std::string>& words);

}  // namespace thimble::testing

/// A page for the browser that shows what recordings look like: some of each label, and what was found.
#pragma once

#include <string>
#include <vector>

#include "data/check.h"
#include "data/recording.h"

namespace thimble {

/// HTML that needs no other file.
std::string data_page(const std::string& title, const std::vector<Recording>& recordings, const std::vector<Finding>& findings);

}  // namespace thimble

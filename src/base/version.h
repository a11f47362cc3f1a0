/// The program's own version.
#pragma once

#include <string>

namespace thimble {

/// "0.1.0"
std::string version();

}  // namespace thimble

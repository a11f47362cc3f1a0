#include "base/version.h"

namespace thimble {

std::string version() { return THIMBLE_VERSION; }

}  // namespace thimble

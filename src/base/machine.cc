#include "base/machine.h"

#include <unistd.h>

namespace thimble {

double machine_bytes() { return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE)); }

}  // namespace thimble

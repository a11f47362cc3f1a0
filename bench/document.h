/// docs/performance.md, written from the accepted figures and the peers'.
#pragma once

#include <string>

#include "base/files.h"

namespace thimble::bench {

std::string document();
fs::path document_file();

}  // namespace thimble::bench

/// Models made in code and written as TFLite files, so that these tests need no data.
#pragma once

#include "base/files.h"

namespace thimble::testing {

/// Two fully connected int8 layers, 4 -> 8 -> 3, fixed weights; named "tiny".
void write_tiny(const fs::path& path);
/// One layer, 3000 -> 2, more than an Uno's RAM; named "wide".
void write_wide(const fs::path& path);
/// The same as tiny in float.
void write_tiny_float(const fs::path& path);

}  // namespace thimble::testing

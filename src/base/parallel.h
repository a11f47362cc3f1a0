/// Independent pieces of work, as many at a time as the machine has cores.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "base/progress.h"

namespace thimble {

/// Calls `work(i)` for each i below `count`; progress tells how many are done. After an exception no further piece is begun, and the
/// first one is thrown on.
void in_parallel(size_t count, std::string_view activity, Progress& progress, const std::function<void(size_t)>& work);

}  // namespace thimble

/// Runs a firmware in a folder: in.bin goes in, out.bin and its like come back.
#pragma once

#include <filesystem>

#include "deploy/deploy.h"

namespace thimble {

/// Runs the firmware on its emulated board in `dir` until it ends; `count`: with the instrument, which reads count.txt and writes
/// counts.txt. Throws a Bug that shows what it said where it does not end well, and an Environment error where a tool is missing.
void emulate(const Firmware& firmware, const std::filesystem::path& dir, bool count);

}  // namespace thimble

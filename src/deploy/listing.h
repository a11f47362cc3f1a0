/// The disassembly of a firmware, read once and kept.
#pragma once

#include <filesystem>
#include <memory>

#include "deploy/disassembly.h"
#include "targets/board.h"

namespace thimble {

/// Runs the board's objdump over `elf`. The last few listings are kept in memory; a file that changed is read anew.
std::shared_ptr<const Disassembly> listing_of(const Board& board, const std::filesystem::path& elf);

}  // namespace thimble

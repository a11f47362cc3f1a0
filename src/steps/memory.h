/// RAM and flash as `compile` and `profile` tell them.
#pragma once

#include <string>

#include "base/json.h"
#include "deploy/deploy.h"

namespace thimble {

/// What is known without linking: arena, state and constants; code and stack are 0.
FirmwareSizes planned_sizes(const Compiled& model);

/// Two rows, RAM and flash, each with its parts and its share of the board.
std::string memory_text(const Board& board, const FirmwareSizes& sizes);
/// The same from the plan, with a line on what is missing and why.
std::string planned_memory_text(const Board& board, const Compiled& model, const std::string& why_not);

/// Adds "ram": {"arena","state","stack","total"} and "flash": {"code","constants","total"}.
void set_memory(Json& json, const FirmwareSizes& sizes);

}  // namespace thimble

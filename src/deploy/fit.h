/// Says no, with numbers and ways out, when a model is too large for a board.
#pragma once

#include <filesystem>

#include "deploy/deploy.h"

namespace thimble {

/// For cores whose compilers cannot even express what is too large: throws when arena, state and constants alone exceed the board.
void refuse_if_data_alone_is_too_large(const Compiled& model, const Board& board);

/// Throws a User error when flash or RAM, the worst-case stack included, exceed the board's. `small_code`: what the model's code takes
/// when compiled for size, or -1 when that was not tried.
void refuse_if_too_large(const Compiled& model, const Board& board, const FirmwareSizes& sizes, int64_t small_code);

/// Whether both needs are within the board's limits.
bool fits(const Board& board, int64_t flash, int64_t ram);

}  // namespace thimble

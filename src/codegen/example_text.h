/// The program that is exported beside the C of a stream: what one begins with.
#pragma once

#include <string>

#include "codegen/compiled.h"

namespace thimble {

/// A program that feeds the model from its standard input; its first lines tell how it is built, here or for the model's `board`.
std::string example_text(const Compiled& model, const Board& board);

}  // namespace thimble

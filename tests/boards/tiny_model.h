/// A model of two layers written by hand in the shape that codegen gives its programs, for tests of the boards alone.
#pragma once

#include <cstddef>
#include <vector>

#include "codegen/compiled.h"

namespace thimble::testing {

/// "tiny": 16 int8 in, 8 int8 out; both layers share one body (which rescales with a 64-bit product), the second copies by memcpy.
Compiled tiny_model();

/// What it must answer, computed without its C.
std::vector<std::byte> tiny_answer(const std::vector<std::byte>& record);

/// A record made from `seed`.
std::vector<std::byte> tiny_record(int seed);

/// A model with an arena and constants of the given sizes, to see what fits.
Compiled large_model(int64_t arena_bytes, int64_t constant_bytes);

}  // namespace thimble::testing

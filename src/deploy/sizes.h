/// What a built firmware takes of flash and RAM.
#pragma once

#include <filesystem>
#include <string>

#include "deploy/deploy.h"

namespace thimble {

/// Reads firmware.elf and model.su in `dir`. On bare boards every byte comes from the ELF's sections; on the host and in WebAssembly,
/// which have no sections of ours, from the model's object file.
FirmwareSizes measure_sizes(const Compiled& model, const Board& board, const std::filesystem::path& dir, const std::string& run_symbol);

}  // namespace thimble

/// What the instruments counted, turned into costs of layers and functions.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "deploy/deploy.h"
#include "deploy/disassembly.h"

namespace thimble {

/// The configuration that plugin/counter.h reads.
std::string counter_configuration(const Firmware& firmware);

/// Adds up the lines that plugin/counter.h wrote into layers, functions, instructions and cycles of `result`.
void read_counts(std::string_view counts, const Board& board, const Disassembly& code, size_t layers, RunResult& result);

}  // namespace thimble

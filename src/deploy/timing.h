/// From counted blocks to cycles: a table per core over the disassembly, each with its source and an honest band.
#pragma once

#include <span>
#include <string_view>

#include "deploy/disassembly.h"

namespace thimble {

/// Cycles of one execution of a block, and what is added when its last instruction does not fall through.
struct BlockCycles {
  double straight = 0, taken = 0;
};

struct TimingTable {
  std::string_view core;    ///< Board::core
  std::string_view source;  ///< where the figures come from
  std::string_view band;    ///< how far the real chip may be from them
  BlockCycles (*cycles)(std::span<const Instruction> block);
};

/// The table of a core; null where the emulator itself knows the cycles (AVR) or nothing does (host, WebAssembly).
const TimingTable* timing_for(std::string_view core);

std::span<const TimingTable> arm_timing();
std::span<const TimingTable> other_timing();

}  // namespace thimble

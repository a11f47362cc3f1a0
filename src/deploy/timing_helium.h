/// Helium's pipes on a Cortex-M55: what a block's vector instructions cost beyond one cycle each.
#pragma once

#include <span>
#include <string_view>

#include "deploy/disassembly.h"

namespace thimble {

/// Whether the operands name a vector register (q0 to q7).
bool touches_vector(std::string_view operands);

/// Cycles that a block waits for pipes and results. A vector instruction holds its pipe (memory, integer, or multiplication with floats)
/// for two cycles and lets one for another pipe begin after the first; results come one to three cycles after the start, and a vector of
/// addresses must be there four cycles earlier than other operands.
double vector_stalls(std::span<const Instruction> block);

}  // namespace thimble

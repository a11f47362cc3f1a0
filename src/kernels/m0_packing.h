/// What the kernels for ARMv6-M share: the words that requantise a channel, and the cost of a core that has the DSP extension as well.
#pragma once

#include "kernels/narrow_scaling.h"
#include "targets/board.h"

namespace thimble {

/// Why sums of this layer cannot be requantised by these kernels, or nothing.
std::optional<std::string> refuses_m0(const Int8Layer& layer);

/// The words of channel c in the order in which thimble_narrow_m0 (runtime/core/m0.h) wants them loaded:
/// [where sums are negative, what those lose], [m2, inner], m0, m1, addend, range, shift and ends.
void append_words(std::vector<int32_t>& stream, const NarrowScaling& scaling, int64_t c);

/// `cycles`, or infinitely many on a core whose DSP extension multiplies and adds in one instruction.
double cycles_on_m0(double cycles, const Board& board);

}  // namespace thimble

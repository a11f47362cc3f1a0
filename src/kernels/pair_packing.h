/// Two pixels in one word, xa + (xb << 16): one 32-bit multiplication by a weight makes two products. What cores without SIMD share.
///
/// The low half of a sum of such products holds pixel a as long as it cannot leave 16 bits, so the taps of a channel are cut into blocks
/// after which both halves are taken out: b = (sum + 0x8000) >> 16, a = sum - (b << 16).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace thimble {

/// Whether the sum of w * x over these taps fits 16 bits, whatever the int8 inputs.
bool fits_half_word(std::span<const int8_t> weights);

/// Lengths of the blocks that these taps are cut into, first to last: the fewest possible, each of `most` taps at the utmost.
std::vector<int> pair_blocks(std::span<const int8_t> weights, int most);
/// The same for channels that are summed side by side and cut at the same taps; all have equally many.
std::vector<int> pair_blocks(std::span<const std::span<const int8_t>> channels, int most);

/// The largest block length up to `most` that serves every channel when all are cut at its multiples; weights are [channels][taps].
int uniform_pair_block(std::span<const int8_t> weights, int64_t taps, int most);

}  // namespace thimble

/// What the convolutions of the ARM DSP extension share that take four taps of two channels at a time: int16 activations
/// (conv2d_s16_dsp), weights of four bits (conv2d_s8w4_dsp).
#pragma once

#include <utility>

#include "kernels/window2d.h"

namespace thimble {

/// Groups of four taps in a window.
int64_t fours_of(const Window2d& at);
/// Whether pixels are read where they lie.
bool reads_directly(const Window2d& at);
/// The channels of the pair that begins with `first`: the last pair is moved back where they are odd, a single channel is a pair of equals.
std::pair<int64_t, int64_t> pair_from(int64_t first, int64_t channels);
/// in_h ... direct.
Fields fields_of_fours(const Window2d& at, int64_t channels);

}  // namespace thimble

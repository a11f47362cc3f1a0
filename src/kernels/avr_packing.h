/// What the kernels for AVR share (runtime/core/avr.h): weights four channels side by side, sums of 24 bits, and their requantisation in
/// one product of 24 and 32 bits, proven equal to the reference for every sum of a layer.
#pragma once

#include <optional>
#include <string>

#include "kernels/int8_layer.h"

namespace thimble {

struct AvrLayer {
  std::vector<uint8_t> weights;  ///< 128 too large; four channels side by side, the last ones filled up
  std::vector<int32_t> starts;   ///< of each channel's sum
  std::vector<uint8_t> scale;    ///< as thimble_requantize_avr wants it: of each channel, or of one for all
  int64_t step = 0;              ///< bytes of `scale` from one channel to the next
  bool top = true;               ///< the output is the product's uppermost byte, not the one below
};
/// Nothing where a channel cannot be scaled exactly.
std::optional<AvrLayer> avr_layer_of(const Int8Layer& layer);

/// Why these kernels cannot run this layer, or nothing.
std::optional<std::string> refuses_avr(const Int8Layer& layer);

/// Cycles of all outputs for one gathered window.
double avr_cycles(int64_t taps, int64_t outputs);

}  // namespace thimble

/// The instruction sets under the vector kernels: how wide they are, how their constants are packed, what they cost.
#pragma once

#include "kernels/int8_scaling.h"
#include "kernels/kernel.h"
#include "ops/window2d.h"

namespace thimble {

/// An instruction set as runtime/core/simd_<name>.h defines it.
struct Simd {
  Isa needs = Isa::Any;
  int lanes = 0;                 ///< 32-bit sums of a vector
  int group = 0;                 ///< taps that one multiplication sums
  int beside = 1, together = 0;  ///< its weights lie as [lane / beside][tap / together][lane % beside][tap % together]
  int tap_bytes = 0;             ///< of a widened tap
  int chunk = 0;                 ///< taps that are widened at once
  bool unsigned_taps = false;    ///< a widened tap is the int8 plus 128, which the bias takes off again
  bool narrow_sums = false;      ///< products of taps `together` apart are added in 16 bits
  bool fuses = false;            ///< a multiplication and an addition of floats round once
  int sums = 0;                  ///< vectors of sums that the registers hold
  /// Cycles, more or less, of one vector: a multiplication with its addition, a load of weights, a load of taps; and the least time
  /// between two additions to one sum.
  double dot = 0, weights = 0, taps = 0, latency = 0;
  bool in_turn = false;      ///< these times add up: hardly anything is issued side by side
  int channels = 0;          ///< of a vector where channels do not mix
  int sample_bytes = 0;      ///< of an input and a weight there
  int sample_chunk = 0;      ///< samples that are widened at once
  bool interleaved = false;  ///< fours of the channels' sums lie by turns in the two vectors of lanes
  double tap = 0;            ///< cycles of a multiplication there
  double finish = 0;         ///< to requantise and store a vector
};
extern const Simd kAvx512, kAvx2, kNeon, kWasm;
/// The same registers full of floats, a tap to a multiplication.
Simd for_floats(const Simd& simd);

/// How the rows under a depthwise window lie in a ring, and how vectors walk along them: see runtime/kernels/dwconv2d_simd.h.
struct SimdLine {
  int64_t left = 0, right = 0, pitch = 0, ring = 0;
  int64_t blocks = 0, steps = 0, in_step = 0, out_step = 0, last_channels = 0, line = 0;
};
SimdLine simd_line(const Simd& simd, const Window2d& at);

/// Pixels and vectors of output channels that are summed at a time.
struct SimdTile {
  int64_t pixels = 1, vectors = 1;
  double cycles = 0;  ///< of the whole layer without gathering
};
SimdTile simd_tile(const Simd& simd, int64_t pixels, int64_t channels, int64_t groups);

/// Why sums of two products could overflow 16 bits: that of taps t and t + `apart` of every `group` (of as many taps as the layer is long).
std::optional<std::string> refuses_narrow_sums(const Int8Layer& layer, int64_t group, int64_t apart);

/// Weights of a layer as [block][group][vector][lane and tap], channels and taps that are not there as zeros.
std::vector<int8_t> simd_weights(const Simd& simd, const Int8Layer& layer, int64_t vectors);

/// Per vector of lanes the biases, mantissas, addends and, where there are any, third words. `channels`: of all lanes, -1 where a lane
/// has none.
std::vector<int32_t> simd_words(const Simd& simd, const Int8Layer& layer, const Int8Scaling& scaling, const std::vector<int64_t>& channels);
/// The channels one after the other.
std::vector<int64_t> simd_channels(const Simd& simd, int64_t channels);

/// The literal of a thimble_scaling.
Geometry::Field simd_scaling_field(const Int8Layer& layer, const Int8Scaling& scaling);

}  // namespace thimble

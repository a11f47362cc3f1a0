#include "kernels/dsp_packing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace thimble {
namespace {

constexpr int64_t kSmallSum = int64_t{1} << 23;   // of A: 256 * A must fit 32 bits
constexpr int64_t kDoubleSum = int64_t{1} << 30;  // of a sum: twice it must fit 32 bits
constexpr int kMostShift = 22;                    // zero point << shift must leave room for the rounding

/// The largest |sum of w * x| over int8 inputs.
int64_t reach(const DspLayer& layer, int64_t channel) {
  int64_t sum = 0;
  for (int8_t w : layer.weights_of(channel)) sum += std::abs(int{w});
  return 128 * sum;
}

}  // namespace

std::optional<std::string> refuses_pairing(const DspLayer& layer) {
  for (int64_t c = 0; c < layer.channels; ++c) {
    const auto i = static_cast<size_t>(c);
    const int64_t bias = std::abs(int64_t{layer.bias[i]});
    if (reach(layer, c) >= kSmallSum) return fmt::format("the weights of channel {} could overflow the paired sum", c);
    if (reach(layer, c) + bias >= kDoubleSum) return fmt::format("the bias of channel {} could overflow the sum", c);
    const Multiplier& m = layer.multipliers[i];
    if (m.mantissa != 0 && (m.shift > 0 || -m.shift > kMostShift))
      return fmt::format("channel {} is scaled by 2^{}, out of 2^-{} to 1", c, m.shift, kMostShift);
    if (m.mantissa != 0 && m.shift == 0 && needs_exact_ties(layer)) return fmt::format("channel {} is scaled by more than a half", c);
  }
  for (size_t i = 0; i < layer.weights.size(); ++i)
    if (layer.weights[i] == -128) return "a weight is -128";
  return std::nullopt;
}

bool needs_late_bias(const DspLayer& layer) {
  for (int64_t c = 0; c < layer.channels; ++c)
    if (reach(layer, c) + std::abs(int64_t{layer.bias[static_cast<size_t>(c)]}) >= kSmallSum) return true;
  return false;
}

bool needs_exact_ties(const DspLayer& layer) { return layer.range.min < layer.out_zero; }

std::string c_word(int64_t number) { return number < 0 ? "m" + std::to_string(-number) : std::to_string(number); }

void append_requantization(std::vector<int32_t>& stream, const DspLayer& layer, int64_t channel) {
  const Multiplier& m = layer.multipliers[static_cast<size_t>(channel)];
  const int shift = m.mantissa == 0 ? 0 : -m.shift;
  const int32_t rounding = shift == 0 ? 0 : int32_t{1} << (shift - 1);
  stream.insert(stream.end(), {m.mantissa, rounding + layer.out_zero * (int32_t{1} << shift), shift});
}

int32_t paired_word(const DspLayer& layer, int64_t a, int64_t b, int64_t k0, int64_t k1) {
  const auto half = [&](int64_t k) -> uint32_t {
    if (k >= layer.taps) return 0;
    return static_cast<uint32_t>(256 * layer.weights_of(a)[static_cast<size_t>(k)] + layer.weights_of(b)[static_cast<size_t>(k)]) & 0xffff;
  };
  return static_cast<int32_t>(half(k1) << 16 | half(k0));
}

}  // namespace thimble

#include "kernels/dsp_packing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace thimble {
namespace {

constexpr int64_t kSmallSum = int64_t{1} << 23;  // of A: 256 * A must fit 32 bits
constexpr int kMostUp = 8, kLeastUp = 2;
constexpr int kMostShift = 22;  // zero point << shift must leave room for the product

int64_t power(int exponent) { return exponent < 0 ? 0 : int64_t{1} << exponent; }

/// The largest |sum of w * x| over int8 inputs.
int64_t reach(const DspLayer& layer, int64_t channel) {
  int64_t sum = 0;
  for (int8_t w : layer.weights_of(channel)) sum += std::abs(int{w});
  return 128 * sum;
}

/// The largest |sum|, bias included.
int64_t farthest(const DspLayer& layer, int64_t channel) {
  return reach(layer, channel) + std::abs(int64_t{layer.bias[static_cast<size_t>(channel)]});
}

int32_t reference(const DspLayer& layer, size_t c, int64_t sum) {
  return std::clamp(requantize(static_cast<int32_t>(sum), layer.multipliers[c]) + layer.out_zero[c], layer.range.min, layer.range.max);
}

/// How far all sums may be shifted up.
int most_up(const DspLayer& layer) {
  int up = kMostUp;
  for (int64_t c = 0; c < layer.channels; ++c)
    while (up > 0 && farthest(layer, c) << up >= int64_t{1} << 31) --up;
  return up;
}

struct Words {
  int32_t mantissa = 0, addend = 0, third = 0;
};

/// The words of a channel for a given shift, which may be smaller than its own by `down` bits.
Words words_of(const DspLayer& layer, size_t c, int up, int shift) {
  const Multiplier& m = layer.multipliers[c];
  if (m.mantissa == 0) return {0, static_cast<int32_t>(layer.out_zero[c] * power(shift) + power(shift - 1)), 0};
  const int own = -m.shift, down = own + up - 1 - shift;
  const int64_t rounding = (own >= 1 ? power(shift - 1) : 0) + power(up - 2 - down);
  return {static_cast<int32_t>((m.mantissa + power(down - 1)) >> down), static_cast<int32_t>(layer.out_zero[c] * power(shift) + rounding),
          own >= 1 ? static_cast<int32_t>(-power(up - 1 - down)) : 0};
}

/// What the kernel makes of a sum.
int32_t kernel_answer(const DspLayer& layer, const Words& w, int64_t sum, int up, int shift) {
  const int64_t high = (((sum * power(up)) * w.mantissa) >> 32) + w.addend + (layer.exact_ties && sum < 0 ? w.third : 0);
  return std::clamp(static_cast<int32_t>(high >> shift), layer.range.min, layer.range.max);
}

/// Both are steps that never fall, so they agree everywhere if they agree on both sides of each step.
bool agrees(const DspLayer& layer, int64_t channel, const Words& w, int up, int shift) {
  const auto c = static_cast<size_t>(channel);
  const int64_t least = -farthest(layer, channel), most = -least;
  const auto same = [&](int64_t sum) { return kernel_answer(layer, w, sum, up, shift) == reference(layer, c, sum); };
  if (!same(least) || !same(most)) return false;
  const int32_t last = reference(layer, c, most);
  for (int64_t at = least; reference(layer, c, at) < last;) {
    const int32_t level = reference(layer, c, at);
    int64_t low = at, high = most;  // reference(low) <= level < reference(high)
    while (high - low > 1) (reference(layer, c, (low + high) / 2) <= level ? low : high) = low + (high - low) / 2;
    if (!same(low) || !same(high)) return false;
    at = high;
  }
  return true;
}

/// The largest scale decides: no mantissa may be raised. Nothing when some channel would not come out as it should.
std::optional<DspScaling> with_common_shift(const DspLayer& layer, int up, int shared, int least_up) {
  int own = kMostShift;
  for (const Multiplier& m : layer.multipliers)
    if (m.mantissa != 0) own = std::min(own, -m.shift);
  while (own + up - 1 > shared && up > least_up) --up;
  while (own + up - 1 > kMostShift) --up;
  DspScaling scaling{.up = up, .shift = own + up - 1, .exact = layer.exact_ties, .table = {}};
  if (up < kLeastUp || scaling.shift < 0) return std::nullopt;
  for (int64_t c = 0; c < layer.channels; ++c) {
    const auto i = static_cast<size_t>(c);
    const Multiplier& m = layer.multipliers[i];
    if (m.mantissa != 0 && -m.shift - own > 30) return std::nullopt;
    const Words w = words_of(layer, i, up, scaling.shift);
    const bool lossless = m.mantissa == 0 || (-m.shift == own && scaling.shift > 0);
    if (!lossless && !agrees(layer, c, w, up, scaling.shift)) return std::nullopt;
    scaling.table.insert(scaling.table.end(), {w.mantissa, w.addend});
    if (scaling.words() == 3) scaling.table.push_back(w.third);
  }
  return scaling;
}

/// The channel's shift when every channel has its own.
int own_shift(const Multiplier& m, int up) { return (m.mantissa == 0 ? 1 : -m.shift) + up - 1; }

int up_for_own_shifts(const DspLayer& layer) {
  int up = most_up(layer);
  for (const Multiplier& m : layer.multipliers)
    while (up > kLeastUp && own_shift(m, up) > kMostShift) --up;
  return up;
}

}  // namespace

void settle(DspLayer& layer, int32_t out_zero) {
  layer.out_zero.assign(static_cast<size_t>(layer.channels), out_zero);
  layer.exact_ties = layer.range.min < out_zero;
  for (int64_t c = 0; c < layer.channels; ++c) {
    const auto i = static_cast<size_t>(c);
    const int64_t span = reach(layer, c), bias = layer.bias[i];
    const int left = std::max(layer.multipliers[i].shift, 0);
    if (farthest(layer, c) << left >= int64_t{1} << 31) continue;
    const int32_t least = reference(layer, i, bias - span);
    if (least != reference(layer, i, bias + span)) continue;
    std::fill_n(layer.weights.begin() + c * layer.taps, layer.taps, int8_t{0});
    layer.bias[i] = 0, layer.multipliers[i] = {}, layer.out_zero[i] = least;
  }
}

void DspScaling::append(std::vector<int32_t>& stream, int64_t channel) const {
  const auto first = table.begin() + channel * words();
  stream.insert(stream.end(), first, first + words());
}

DspScaling scaling_of(const DspLayer& layer, int shared, int least_up) {
  if (auto common = with_common_shift(layer, most_up(layer), shared, least_up)) return *common;
  const int up = up_for_own_shifts(layer);
  DspScaling scaling{.up = up, .shift = -1, .exact = layer.exact_ties, .table = {}};
  for (size_t c = 0; c < layer.multipliers.size(); ++c) {
    const int shift = own_shift(layer.multipliers[c], up);
    const Words w = words_of(layer, c, up, shift);
    scaling.table.insert(scaling.table.end(), {w.mantissa, w.addend, shift});
  }
  return scaling;
}

std::optional<std::string> refuses_scaling(const DspLayer& layer) {
  if (most_up(layer) < kLeastUp) return "the bias and weights of a channel could overflow the sum";
  const int up = up_for_own_shifts(layer);
  for (size_t c = 0; c < layer.multipliers.size(); ++c) {
    const Multiplier& m = layer.multipliers[c];
    if (m.mantissa == 0) continue;
    const int shift = own_shift(m, up);
    if (shift > kMostShift || shift < 1) return fmt::format("channel {} is scaled by 2^{}", c, m.shift);
    if (m.shift > 0 && farthest(layer, static_cast<int64_t>(c)) << m.shift >= int64_t{1} << 31)
      return fmt::format("channel {} is scaled up by 2^{} beyond 32 bits", c, m.shift);
    if (m.shift >= 0 && layer.exact_ties) return fmt::format("channel {} is scaled by more than a half", c);
  }
  return std::nullopt;
}

std::optional<std::string> refuses_pairing(const DspLayer& layer) {
  for (int64_t c = 0; c < layer.channels; ++c)
    if (reach(layer, c) >= kSmallSum) return fmt::format("the weights of channel {} could overflow the paired sum", c);
  for (int64_t c = 0; c + 1 < layer.channels; ++c)
    for (int64_t k = 0; k < layer.taps; ++k)
      if (layer.weights_of(c)[static_cast<size_t>(k)] == -128 && layer.weights_of(c + 1)[static_cast<size_t>(k)] < 0)
        return fmt::format("a weight of channel {} is -128 beside a negative one", c);
  return refuses_scaling(layer);
}

bool needs_late_bias(const DspLayer& layer) {
  for (int64_t c = 0; c < layer.channels; ++c)
    if (farthest(layer, c) >= kSmallSum) return true;
  return false;
}

int64_t unroll_of(int64_t count, int64_t most) {
  int64_t unroll = std::min(most, count);
  while (count % unroll != 0) --unroll;
  return unroll;
}

std::string c_word(int64_t number) { return number < 0 ? "m" + std::to_string(-number) : std::to_string(number); }

int32_t paired_word(const DspLayer& layer, int64_t a, int64_t b, int64_t k0, int64_t k1) {
  const auto half = [&](int64_t k) -> uint32_t {
    if (k < 0 || k >= layer.taps) return 0;
    return static_cast<uint32_t>(256 * layer.weights_of(a)[static_cast<size_t>(k)] + layer.weights_of(b)[static_cast<size_t>(k)]) & 0xffff;
  };
  return static_cast<int32_t>(half(k1) << 16 | half(k0));
}

}  // namespace thimble

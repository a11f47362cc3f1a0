#include "kernels/int8_scaling.h"

#include <fmt/format.h>

#include <algorithm>

namespace thimble {
namespace {

constexpr int kMostUp = 8, kLeastUp = 2;
constexpr int kMostShift = 22;  // zero point << shift must leave room for the product

int64_t power(int exponent) { return exponent < 0 ? 0 : int64_t{1} << exponent; }

/// How far all sums may be shifted up.
int most_up(const Int8Layer& layer) {
  int up = kMostUp;
  for (int64_t c = 0; c < layer.channels; ++c)
    while (up > 0 && farthest_of(layer, c) << up >= int64_t{1} << 31) --up;
  return up;
}

struct Words {
  int32_t mantissa = 0, addend = 0, third = 0;
};

/// The words of a channel for a given shift, which may be smaller than its own by `down` bits.
Words words_of(const Int8Layer& layer, size_t c, int up, int shift) {
  const Multiplier& m = layer.multipliers[c];
  if (m.mantissa == 0) return {0, static_cast<int32_t>(layer.out_zero[c] * power(shift) + power(shift - 1)), 0};
  const int own = -m.shift, down = own + up - 1 - shift;
  const int64_t rounding = power(shift - 1) + (own >= 1 ? power(up - 2 - down) : 0);  // the reference rounds once unless it shifts down
  return {static_cast<int32_t>((m.mantissa + power(down - 1)) >> down), static_cast<int32_t>(layer.out_zero[c] * power(shift) + rounding),
          own >= 1 ? static_cast<int32_t>(-power(up - 1 - down)) : 0};
}

/// What the kernel makes of a sum.
int32_t kernel_answer(const Int8Layer& layer, const Words& w, int64_t sum, int up, int shift) {
  const int64_t high = (((sum * power(up)) * w.mantissa) >> 32) + w.addend + (layer.exact_ties && sum < 0 ? w.third : 0);
  return std::clamp(static_cast<int32_t>(high >> shift), layer.range.min, layer.range.max);
}

/// Both are steps that never fall, so they agree everywhere if they agree on both sides of each step.
bool agrees(const Int8Layer& layer, int64_t channel, const Words& w, int up, int shift) {
  const auto c = static_cast<size_t>(channel);
  const int64_t least = -farthest_of(layer, channel), most = -least;
  const auto same = [&](int64_t sum) { return kernel_answer(layer, w, sum, up, shift) == output_of(layer, c, sum); };
  if (!same(least) || !same(most)) return false;
  const int32_t last = output_of(layer, c, most);
  for (int64_t at = least, width = 1; output_of(layer, c, at) < last;) {
    const int64_t next = next_step(layer, c, at, most, width);
    if (!same(next - 1) || !same(next)) return false;
    width = next - at, at = next;
  }
  return true;
}

/// The largest scale decides: no mantissa may be raised. Nothing when some channel would not come out as it should.
std::optional<Int8Scaling> with_common_shift(const Int8Layer& layer, int up, int shared, int least_up) {
  int own = kMostShift;
  for (const Multiplier& m : layer.multipliers)
    if (m.mantissa != 0) own = std::min(own, -m.shift);
  while (own + up - 1 > shared && up > least_up) --up;
  while (own + up - 1 > kMostShift) --up;
  Int8Scaling scaling{.up = up, .shift = own + up - 1, .exact = layer.exact_ties, .table = {}};
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

int up_for_own_shifts(const Int8Layer& layer) {
  int up = most_up(layer);
  for (const Multiplier& m : layer.multipliers)
    while (up > kLeastUp && own_shift(m, up) > kMostShift) --up;
  return up;
}

}  // namespace

void Int8Scaling::append(std::vector<int32_t>& stream, int64_t channel) const {
  const auto first = table.begin() + channel * words();
  stream.insert(stream.end(), first, first + words());
}

Int8Scaling scaling_of(const Int8Layer& layer, int shared, int least_up) {
  if (auto common = with_common_shift(layer, most_up(layer), shared, least_up)) return *common;
  const int up = up_for_own_shifts(layer);
  Int8Scaling scaling{.up = up, .shift = -1, .exact = layer.exact_ties, .table = {}};
  for (size_t c = 0; c < layer.multipliers.size(); ++c) {
    const int shift = own_shift(layer.multipliers[c], up);
    const Words w = words_of(layer, c, up, shift);
    scaling.table.insert(scaling.table.end(), {w.mantissa, w.addend, shift});
  }
  return scaling;
}

std::optional<std::string> refuses_scaling(const Int8Layer& layer) {
  if (most_up(layer) < kLeastUp) return "the bias and weights of a channel could overflow the sum";
  const int up = up_for_own_shifts(layer);
  for (size_t c = 0; c < layer.multipliers.size(); ++c) {
    const Multiplier& m = layer.multipliers[c];
    if (m.mantissa == 0) continue;
    const int shift = own_shift(m, up);
    if (shift > kMostShift || shift < 1) return fmt::format("channel {} is scaled by 2^{}", c, m.shift);
    if (m.shift > 0 && farthest_of(layer, static_cast<int64_t>(c)) << m.shift >= int64_t{1} << 31)
      return fmt::format("channel {} is scaled up by 2^{} beyond 32 bits", c, m.shift);
    if (m.shift >= 0 && layer.exact_ties) return fmt::format("channel {} is scaled by more than a half", c);
  }
  return std::nullopt;
}

}  // namespace thimble

#include "kernels/narrow_scaling.h"

#include <algorithm>
#include <bit>

namespace thimble {
namespace {

constexpr int kTop = 24;  // the output is the top byte

/// The first sum in (low, high] that `holds`, which turns from false to true once; high + 1 when none does.
template <class F>
int64_t first_sum(int64_t low, int64_t high, F holds) {
  ++high;
  while (high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    (holds(middle) ? high : low) = middle;
  }
  return high;
}

/// x * 2^exponent, rounded, modulo 2^64.
uint64_t shifted(uint64_t x, int exponent) {
  if (exponent >= 64 || exponent < -63) return 0;
  return exponent >= 0 ? x << exponent : exponent == -1 ? x / 2 + x % 2 : ((x >> (-exponent - 1)) + 1) >> 1;
}

/// The multiplier in `pieces` of `shift` bits, and what is added. All is kept with (pieces - 1) * shift bits below those of the top byte.
void scale(const Int8Layer& layer, size_t c, int pieces, bool signs, NarrowWords& w) {
  const Multiplier& m = layer.multipliers[c];
  w.shift = std::min(16, std::countl_zero(w.range));  // (range + 1) * 2^shift <= 2^32
  const int fraction = (pieces - 1) * w.shift;
  const uint64_t whole = shifted(static_cast<uint32_t>(m.mantissa), m.shift - 31 + kTop + fraction);
  const uint64_t mask = (uint64_t{1} << w.shift) - 1;
  w.m0 = static_cast<uint32_t>(whole >> fraction);
  w.m1 = static_cast<uint32_t>(whole >> (fraction - w.shift) & mask);
  w.m2 = pieces == 3 ? static_cast<uint32_t>(whole & mask) : 0;
  const uint64_t rounding = shifted(1, kTop - 1 + fraction) + (m.shift <= -1 ? shifted(1, kTop - 1 + m.shift + fraction) : 0);
  const auto low = static_cast<uint64_t>(int64_t{w.low}), zero = static_cast<uint64_t>(int64_t{layer.out_zero[c]});
  const uint64_t addend = whole * low + shifted(zero, kTop + fraction) + rounding;  // its upper 32 bits count, so that it may wrap
  w.addend = static_cast<uint32_t>(addend >> fraction);
  w.inner = pieces == 3 ? static_cast<uint32_t>(addend & mask) : 0;
  if (signs && m.shift <= -1) w.negative = static_cast<uint32_t>(shifted(1, kTop + m.shift));
}

/// What the kernel's words come to, without the wrapping of 32 bits.
int64_t answer(const NarrowWords& w, int pieces, int64_t x) {
  const int64_t fraction = pieces == 3 ? (x * w.m1 + ((x * w.m2 + w.inner) >> w.shift)) >> w.shift : x * w.m1 >> w.shift;
  const int64_t start = int64_t{w.least} * (int64_t{1} << kTop);  // x = 0 gives the least output, so the addend lies just above it
  const int64_t addend = start + static_cast<int64_t>(static_cast<uint32_t>(w.addend - static_cast<uint32_t>(start)));
  return (x * w.m0 + fraction + addend - (x < w.sign_at() ? w.negative : 0)) >> kTop;
}

/// What is cut off below the top byte's 24 bits may tip a sum that falls just beside a step, so neighbouring addends are tried too.
std::optional<NarrowWords> words_of(const Int8Layer& layer, size_t c, int pieces, bool signs) {
  constexpr int kNeighbours = 6;
  NarrowWords w = useful_sums(layer, c);
  scale(layer, c, pieces, signs, w);
  if (w.range == 0) w.m0 = w.m1 = w.m2 = w.inner = w.negative = 0, w.addend = static_cast<uint32_t>(int{w.least}) << kTop;
  const uint32_t addend = w.addend;
  for (int i = 0; i <= 2 * kNeighbours; ++i) {
    w.addend = addend + static_cast<uint32_t>(i % 2 == 0 ? -i / 2 : i / 2 + 1);
    if (agrees(layer, c, w, [&](int64_t x) { return answer(w, pieces, x); })) return w;
  }
  return std::nullopt;
}

}  // namespace

NarrowWords useful_sums(const Int8Layer& layer, size_t c) {
  const int64_t far = farthest_of(layer, static_cast<int64_t>(c));
  const int32_t least = output_of(layer, c, -far), most = output_of(layer, c, far);
  NarrowWords w{.least = static_cast<int8_t>(least), .most = static_cast<int8_t>(most)};
  const int64_t low = first_sum(-far - 1, far, [&](int64_t sum) { return output_of(layer, c, sum) > least; }) - 1;
  const int64_t high = first_sum(-far - 1, far, [&](int64_t sum) { return output_of(layer, c, sum) == most; });
  w.low = static_cast<int32_t>(std::max(low, -far)), w.range = static_cast<uint32_t>(std::max<int64_t>(high - w.low, 0));
  return w;
}

/// Both are steps that never fall, so they agree everywhere if they agree on both sides of each step.
bool agrees(const Int8Layer& layer, size_t c, const NarrowWords& w, const std::function<int64_t(int64_t)>& answer) {
  const auto same = [&](int64_t x) { return answer(x) == output_of(layer, c, w.low + x); };
  if (!same(0) || !same(w.range)) return false;
  for (int64_t at = 0, width = 1; output_of(layer, c, w.low + at) < w.most;) {
    const int64_t next = next_step(layer, c, w.low + at, w.low + int64_t{w.range}, width) - w.low;
    if (!same(next - 1) || !same(next)) return false;
    width = next - at, at = next;
  }
  return true;
}

std::optional<Int8Layer> widest_channel(const Int8Layer& layer) {
  Int8Layer one{.channels = 1,
                .taps = 0,
                .weights = {},
                .bias = {0},
                .multipliers = {{}},
                .out_zero = {},
                .range = layer.range,
                .exact_ties = layer.exact_ties};
  for (int64_t c = 0; c < layer.channels; ++c) {
    const auto i = static_cast<size_t>(c);
    if (layer.multipliers[i].mantissa == 0) continue;
    if (one.multipliers[0].mantissa != 0 && one.multipliers[0] != layer.multipliers[i]) return std::nullopt;
    one.multipliers[0] = layer.multipliers[i];
    one.out_zero.assign(1, layer.out_zero[i]);
    one.bias[0] = std::max(one.bias[0], static_cast<int32_t>(farthest_of(layer, c)));
  }
  if (one.out_zero.empty()) return std::nullopt;
  return one;
}

std::optional<int32_t> x_of_bias(const Int8Layer& layer, int64_t c, const NarrowWords& words) {
  const auto i = static_cast<size_t>(c);
  if (layer.multipliers[i].mantissa != 0) return layer.bias[i] - words.low;
  if (layer.out_zero[i] == words.least) return 0;
  if (layer.out_zero[i] == words.most) return static_cast<int32_t>(words.range);
  return std::nullopt;
}

std::optional<NarrowScaling> narrow_scaling_of(const Int8Layer& layer) {
  for (int pieces : {2, 3})
    for (bool signs : {false, true}) {
      NarrowScaling scaling{.pieces = pieces, .signs = signs, .channels = {}};
      for (size_t c = 0; c < layer.multipliers.size(); ++c) {
        const auto words = words_of(layer, c, pieces, signs);
        if (!words) break;
        scaling.channels.push_back(*words);
      }
      if (scaling.channels.size() == layer.multipliers.size()) return scaling;
    }
  return std::nullopt;
}

}  // namespace thimble

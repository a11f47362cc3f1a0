#include "kernels/avr_packing.h"

#include <fmt/format.h>

#include <cmath>

#include "kernels/narrow_scaling.h"

namespace thimble {
namespace {

constexpr int64_t kSum = int64_t{1} << 24, kFour = 4;
constexpr int kNeighbours = 6;

/// range, multiplier, addend, ends; and, where signs matter, below which x sums are negative and what those lose.
struct Words {
  int64_t low = 0, range = 0, multiplier = 0, addend = 0, sign_at = 0, negative = 0;
  int8_t least = 0, most = 0;
};

/// x * 2^exponent, rounded.
int64_t scaled(int64_t x, int exponent) { return std::llround(std::ldexp(static_cast<double>(x), exponent)); }

/// The output is the byte above bit `at` of (x * multiplier >> 16) + addend. What is cut off may tip a sum that falls just beside a step,
/// so neighbouring addends are tried too.
std::optional<Words> words_of(const Int8Layer& layer, size_t c, int at, bool signs) {
  const NarrowWords useful = useful_sums(layer, c);
  const Multiplier& m = layer.multipliers[c];
  const int top = at + 16;
  Words w{.low = useful.low, .range = useful.range, .least = useful.least, .most = useful.most};
  w.multiplier = useful.range == 0 ? 0 : scaled(m.mantissa, m.shift - 31 + top);
  if (w.multiplier >= int64_t{1} << 32 || w.range >= kSum / 2) return std::nullopt;
  if (signs && m.shift <= -1 && useful.range > 0) w.sign_at = useful.sign_at(), w.negative = scaled(1, at + m.shift);
  const int64_t rounding = scaled(1, top - 1) + (m.shift <= -1 ? scaled(1, top - 1 + m.shift) : 0);
  const int64_t exact = useful.range == 0 ? scaled(w.least, top) : w.multiplier * w.low + scaled(layer.out_zero[c], top) + rounding;
  const int64_t whole = int64_t{1} << (at + 8), start = int64_t{w.least} * (int64_t{1} << at);
  for (int i = 0; i <= 2 * kNeighbours; ++i) {
    const int64_t near = (exact >> 16) + (i % 2 == 0 ? -i / 2 : i / 2 + 1);
    w.addend = start + (((near - start) % whole) + whole) % whole;  // x = 0 gives the least output, so the addend lies just above it
    if (agrees(layer, c, useful, [&](int64_t x) { return ((x * w.multiplier >> 16) + w.addend - (x < w.sign_at ? w.negative : 0)) >> at; }))
      return w;
  }
  return std::nullopt;
}

constexpr int64_t kScaleBytes = 20;

void append(std::vector<uint8_t>& scale, const Words& w) {
  const auto add = [&](int64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) scale.push_back(static_cast<uint8_t>(static_cast<uint64_t>(value) >> (8 * i)));
  };
  add(w.range, 3), add(w.multiplier, 4), add(w.addend, 4), add(w.sign_at, 3), add(w.negative, 4), add(w.least, 1), add(w.most, 1);
}

/// Where a sum that begins at `x` starts, when the weights are 128 too large and the inputs are too.
int32_t start_of(const Int8Layer& layer, int64_t c, int64_t x) {
  for (int8_t w : layer.weights_of(c)) x -= 128 * int64_t{w};
  return static_cast<int32_t>(((x % kSum) + kSum) % kSum);
}

/// One scale for all channels where they have one.
std::optional<AvrLayer> shared(const Int8Layer& layer, int at, bool signs) {
  const auto one = widest_channel(layer);
  const auto words = one ? words_of(*one, 0, at, signs) : std::nullopt;
  if (!words) return std::nullopt;
  const NarrowWords useful = useful_sums(*one, 0);
  AvrLayer made{.weights = {}, .starts = {}, .scale = {}};
  append(made.scale, *words);
  for (int64_t c = 0; c < layer.channels; ++c) {
    const auto x = x_of_bias(layer, c, useful);
    if (!x) return std::nullopt;
    made.starts.push_back(start_of(layer, c, *x));
  }
  return made;
}

std::optional<AvrLayer> each(const Int8Layer& layer, int at, bool signs) {
  AvrLayer made{.weights = {}, .starts = {}, .scale = {}, .step = kScaleBytes};
  for (int64_t c = 0; c < layer.channels; ++c) {
    const auto words = words_of(layer, static_cast<size_t>(c), at, signs);
    if (!words) return std::nullopt;
    append(made.scale, *words);
    made.starts.push_back(start_of(layer, c, layer.bias[static_cast<size_t>(c)] - words->low));
  }
  return made;
}

std::vector<uint8_t> weights_of(const Int8Layer& layer) {
  std::vector<uint8_t> weights;
  for (int64_t first = 0; first < layer.channels; first += kFour)
    for (int64_t k = 0; k < layer.taps; ++k)
      for (int64_t c = first; c < first + kFour; ++c)
        weights.push_back(static_cast<uint8_t>(c < layer.channels ? layer.weights_of(c)[static_cast<size_t>(k)] + 128 : 128));
  return weights;
}

}  // namespace

std::optional<AvrLayer> avr_layer_of(const Int8Layer& layer) {
  for (bool signs : {false, true})
    for (int at : {24, 16})
      for (const auto make : {shared, each})
        if (auto made = make(layer, at, signs)) {
          made->weights = weights_of(layer);
          made->top = at == 24;
          return made;
        }
  return std::nullopt;
}

std::optional<std::string> refuses_avr(const Int8Layer& layer) {
  for (int64_t c = 0; c < layer.channels; ++c)
    if (farthest_of(layer, c) >= kSum / 4) return fmt::format("the bias and weights of channel {} could overflow the sum", c);
  if (layer.taps > 0xffff) return "there are more taps than 16 bits count";
  if (!avr_layer_of(layer)) return "the scale of a channel is not exact in products of 56 bits";
  return std::nullopt;
}

double avr_cycles(int64_t taps, int64_t outputs) {
  const auto fours = static_cast<double>((outputs + kFour - 1) / kFour), k = static_cast<double>(taps);
  return 12 * k + fours * (39 * k + 130) + 190 * static_cast<double>(outputs);
}

}  // namespace thimble

#include "kernels/helium_tile.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "kernels/dsp_packing.h"

namespace thimble {
namespace {

constexpr int kMostNarrowing = 16;                               // VQSHRN's largest shift
constexpr int64_t kUnroll = 20, kLoopUnroll = 8, kWideMost = 4;  // vectors of taps that are written out

using Channels = std::vector<int64_t>;

/// Groups of channels in the order of the stream.
std::vector<Channels> groups_of(const HeliumTile& t) {
  std::vector<Channels> groups;
  int64_t c = 0;
  if (t.wide())
    for (; c + 16 <= t.out_c; c += 16)
      for (int64_t first : {0, 2, 1, 3}) groups.push_back({c + first, c + first + 4, c + first + 8, c + first + 12});
  const int64_t all = 8 / t.pixels;
  for (; c < t.out_c; c += all) {
    groups.emplace_back();
    for (int64_t k = c; k < std::min(c + all, t.out_c); ++k) groups.back().push_back(k);
  }
  return groups;
}

void append_word(std::vector<int8_t>& stream, int32_t word) {
  for (int k = 0; k < 4; ++k) stream.push_back(static_cast<int8_t>(static_cast<uint32_t>(word) >> (8 * k) & 255));
}

}  // namespace

std::string HeliumScaling::literals() const { return fmt::format("{}, {}, {}, {}, {}", shift, int{exact}, zero, range.min, range.max); }

std::string HeliumScaling::name() const {
  return fmt::format("{}_{}_{}_{}_{}", c_word(shift), int{exact}, c_word(zero), c_word(range.min), c_word(range.max));
}

HeliumScaling helium_scaling_of(const Int8Layer& layer, int32_t zero) {
  HeliumScaling scaling{.shift = 0, .exact = layer.exact_ties, .zero = zero, .range = layer.range};
  for (const Multiplier& m : layer.multipliers) {
    if (m.mantissa == 0) continue;
    if (scaling.shift == 0) scaling.shift = -m.shift;
    if (scaling.shift != -m.shift || m.shift == 0) scaling.shift = -1;
  }
  if (scaling.shift == 0) scaling.shift = 1;
  if (scaling.shift > kMostNarrowing) scaling.shift = -1;
  return scaling;
}

std::optional<std::string> refuses_helium_scaling(const Int8Layer& layer) {
  for (int64_t c = 0; c < layer.channels; ++c) {
    const Multiplier& m = layer.multipliers[static_cast<size_t>(c)];
    if (m.mantissa == 0) continue;
    if (farthest_of(layer, c) >= int64_t{1} << 31) return fmt::format("the bias and weights of channel {} could overflow the sum", c);
    if (m.shift > 0) return fmt::format("channel {} is scaled up by 2^{}", c, m.shift);
    if (m.shift == 0 && layer.exact_ties) return fmt::format("channel {} is scaled by more than a half", c);
  }
  return std::nullopt;
}

HeliumWords helium_words_of(const Int8Layer& layer, const HeliumScaling& scaling, int64_t channel) {
  if (channel < 0) return {};
  const auto c = static_cast<size_t>(channel);
  const Multiplier& m = layer.multipliers[c];
  if (m.mantissa != 0) return {layer.bias[c], m.mantissa, m.shift};
  const int shift = scaling.shift < 0 ? 1 : scaling.shift;  // a constant channel: its weights are zeros
  return {(layer.out_zero[c] - scaling.zero) * (1 << (shift + 1)), 1 << 30, -shift};
}

void append_helium_words(std::vector<int8_t>& stream, const Int8Layer& layer, const HeliumScaling& scaling,
                         std::span<const std::span<const int64_t>> fours) {
  static constexpr std::array<int32_t HeliumWords::*, 3> kWords = {&HeliumWords::bias, &HeliumWords::mantissa, &HeliumWords::shift};
  for (int64_t kind = 0; kind < scaling.word_vectors(); ++kind)
    for (const auto& four : fours)
      for (int64_t channel : four) append_word(stream, helium_words_of(layer, scaling, channel).*kWords[static_cast<size_t>(kind)]);
}

int64_t HeliumTile::unroll() const {
  if (vectors() <= kUnroll) return kUnroll;
  return rows > 1 ? kUnroll : kLoopUnroll;
}

bool HeliumTile::wide() const { return pixels == 2 && vectors() <= kWideMost && out_c >= 16; }

int64_t HeliumTile::last_group() const {
  const int64_t all = 8 / pixels, left = out_c % (wide() ? 16 : all);
  return left == 0 ? (wide() ? 16 : all) : left % all == 0 ? all : left % all;
}

double HeliumTile::cost() const {
  const auto vectors = static_cast<double>(this->vectors());
  const int64_t all = 8 / pixels, left = out_c % all, wide_groups = wide() ? out_c / 16 : 0;
  const bool loops = this->vectors() > kUnroll;
  const double groups = static_cast<double>(out_c / all - 4 * wide_groups),
               seam = static_cast<double>(rows) * 2 + (loops ? vectors / 4 + 9 : 0);
  const auto group = [&](int64_t channels, double rest) {
    return vectors * static_cast<double>(pixels + channels + channels * pixels + (bytes % 16 ? 1 : 0)) + seam + rest;
  };
  return static_cast<double>(wide_groups) * (4 * group(4, 13) + 13) + groups * group(all, 22) + (left ? group(left, 28) : 0) + 12;
}

std::string HeliumTile::define(KernelCall& call, const HeliumScaling& scaling) const {
  const std::string name = fmt::format("thimble_tile_helium_{}_{}_{}_{}_{}_{}", pixels, rows, bytes, out_c, step, scaling.name());
  call.define(fmt::format("THIMBLE_TILE_HELIUM({}, {}, {}, {}, {}, {}, {}, {}, {})", name, pixels, rows, bytes, unroll(), int{wide()},
                          out_c, step, scaling.literals()));
  return name;
}

std::vector<int8_t> HeliumTile::stream(const Int8Layer& layer, const HeliumScaling& scaling) const {
  std::vector<int8_t> stream;
  for (const Channels& group : groups_of(*this)) {
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t first = 0; first < bytes; first += 16)
        for (int64_t c : group) {
          const auto from = layer.weights_of(c).begin() + row * bytes;
          stream.insert(stream.end(), from + first, from + std::min(first + 16, bytes));
        }
    stream.resize((stream.size() + 3) / 4 * 4);
    std::array<int64_t, 8> padded;
    padded.fill(-1);
    for (size_t i = 0; i < group.size(); ++i) padded[pixels == 1 ? i / 2 + 4 * (i % 2) : i] = group[i];
    const std::array<std::span<const int64_t>, 2> fours = {std::span(padded).first(4), std::span(padded).last(4)};
    append_helium_words(stream, layer, scaling, std::span(fours).first(pixels == 1 ? 2 : 1));
  }
  return stream;
}

}  // namespace thimble

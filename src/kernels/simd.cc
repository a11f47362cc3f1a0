#include "kernels/simd.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace thimble {

const Simd kAvx512{.needs = Isa::Avx512,
                   .lanes = 16,
                   .group = 4,
                   .together = 4,
                   .tap_bytes = 1,
                   .chunk = 64,
                   .unsigned_taps = true,
                   .fuses = true,
                   .sums = 24,
                   .dot = 0.5,
                   .weights = 0.5,
                   .taps = 0.5,
                   .latency = 5,
                   .channels = 16,
                   .sample_bytes = 2,
                   .sample_chunk = 32,
                   .tap = 1,
                   .finish = 7};
const Simd kAvx2{.needs = Isa::Avx2,
                 .lanes = 8,
                 .group = 2,
                 .together = 2,
                 .tap_bytes = 2,
                 .chunk = 16,
                 .fuses = true,
                 .sums = 12,
                 .dot = 0.67,
                 .weights = 0.67,
                 .taps = 0.5,
                 .latency = 1,
                 .channels = 16,
                 .sample_bytes = 2,
                 .sample_chunk = 16,
                 .interleaved = true,
                 .tap = 1.2,
                 .finish = 6};
const Simd kNeon{.needs = Isa::AArch64,
                 .lanes = 8,
                 .group = 4,
                 .beside = 4,
                 .together = 2,
                 .tap_bytes = 1,
                 .chunk = 16,
                 .narrow_sums = true,
                 .sums = 10,
                 .dot = 6,
                 .weights = 2,
                 .taps = 2,
                 .latency = 6,
                 .in_turn = true,
                 .channels = 16,
                 .sample_bytes = 1,
                 .sample_chunk = 16,
                 .tap = 5,
                 .finish = 16};
const Simd kWasm{.needs = Isa::Wasm,
                 .lanes = 8,
                 .group = 2,
                 .together = 2,
                 .tap_bytes = 2,
                 .chunk = 16,
                 .sums = 5,
                 .dot = 4,
                 .weights = 2,
                 .taps = 1,
                 .latency = 4,
                 .in_turn = true,
                 .channels = 16,
                 .sample_bytes = 2,
                 .sample_chunk = 16,
                 .tap = 5,
                 .finish = 20};

Simd for_floats(const Simd& simd) {
  Simd floats = simd;
  floats.group = floats.together = 1;
  floats.tap_bytes = floats.sample_bytes = static_cast<int>(sizeof(float));
  floats.channels = floats.sample_chunk = simd.lanes;
  const double quads = simd.in_turn ? simd.lanes / 2 : 1;  // two quads, each operation a cycle
  floats.dot = floats.weights = floats.taps = floats.tap = 0.5 * quads;
  floats.latency = 4;
  floats.finish = 3 * quads;
  return floats;
}

namespace {

constexpr int64_t kMostPixels = 8, kMostVectors = 4;

/// One block of a tile, all its groups.
double block_cycles(const Simd& simd, int64_t pixels, int64_t vectors, int64_t groups) {
  const auto p = static_cast<double>(pixels), v = static_cast<double>(vectors);
  const double multiply = p * v * simd.dot, load = v * simd.weights + p * simd.taps;
  const double step = simd.in_turn ? multiply + load + 2 : std::max({simd.latency, multiply, load, 0.25 * p * v + 0.5 * load + 0.5});
  return static_cast<double>(groups) * step + p * v * simd.finish + 4;
}

}  // namespace

SimdTile simd_tile(const Simd& simd, int64_t pixels, int64_t channels, int64_t groups) {
  const int64_t vectors = (channels + simd.lanes - 1) / simd.lanes;
  SimdTile best;
  for (int64_t p = 1; p <= std::min(kMostPixels, pixels); ++p)
    for (int64_t v = 1; v <= std::min(kMostVectors, vectors) && p * v <= simd.sums; ++v) {
      double tile = static_cast<double>(vectors / v) * block_cycles(simd, p, v, groups);
      if (vectors % v) tile += block_cycles(simd, p, vectors % v, groups);
      const double all = static_cast<double>((pixels + p - 1) / p) * tile;
      if (best.cycles == 0 || all < best.cycles) best = {p, v, all};
    }
  return best;
}

SimdLine simd_line(const Simd& simd, const Window2d& at) {
  const int64_t wide = simd.channels, reach_w = (at.kernel_w - 1) * at.dilation_w;
  SimdLine l{.ring = (at.kernel_h - 1) * at.dilation_h + 1, .last_channels = wide, .line = at.out_w * at.in_c};
  if (at.stride_w == 1) {
    l.blocks = std::min(at.in_c / std::gcd(at.in_c, wide), (l.line + wide - 1) / wide);
    l.in_step = l.out_step = at.in_c / std::gcd(at.in_c, wide) * wide;
    l.steps = (l.line + l.out_step - 1) / l.out_step;
  } else {
    l.blocks = (at.in_c + wide - 1) / wide;
    l.in_step = at.stride_w * at.in_c, l.out_step = at.in_c, l.steps = at.out_w;
    l.last_channels = at.in_c - (l.blocks - 1) * wide;
  }
  const int64_t columns = (at.out_w - 1) * at.stride_w + reach_w + 1;
  l.left = at.pad_left * at.in_c;
  l.right = std::max<int64_t>(0, columns - at.pad_left - at.in_w) * at.in_c;
  l.pitch = std::max(columns, at.pad_left + at.in_w) * at.in_c + std::max<int64_t>(simd.sample_chunk, wide);
  return l;
}

std::optional<std::string> refuses_narrow_sums(const Int8Layer& layer, int64_t group, int64_t apart) {
  constexpr int kMostPair = 255;  // |w0| + |w1| times 128 fits 16 bits
  for (int64_t c = 0; c < layer.channels; ++c)
    for (int64_t t = 0; t + apart < layer.taps; ++t)
      if (t % group < apart &&
          std::abs(int{layer.weights_of(c)[static_cast<size_t>(t)]}) + std::abs(int{layer.weights_of(c)[static_cast<size_t>(t + apart)]}) >
              kMostPair)
        return "two weights of -128 could overflow a sum of 16 bits";
  return std::nullopt;
}

std::vector<int8_t> simd_weights(const Simd& simd, const Int8Layer& layer, int64_t vectors) {
  std::vector<int8_t> packed;
  const auto weight = [&](int64_t c, int64_t tap) {
    return c < layer.channels && tap < layer.taps ? layer.weights_of(c)[static_cast<size_t>(tap)] : int8_t{0};
  };
  for (int64_t block = 0; block < layer.channels; block += vectors * simd.lanes)
    for (int64_t k = 0; k < layer.taps; k += simd.group)
      for (int64_t c = block; c < block + vectors * simd.lanes; c += simd.beside) {
        if (c % simd.lanes == 0 && c >= layer.channels) break;  // no vector without a channel
        for (int64_t tap = k; tap < k + simd.group; tap += simd.together)
          for (int64_t lane = c; lane < c + simd.beside; ++lane)
            for (int64_t t = tap; t < tap + simd.together; ++t) packed.push_back(weight(lane, t));
      }
  return packed;
}

std::vector<int32_t> simd_words(const Simd& simd, const Int8Layer& layer, const Int8Scaling& scaling,
                                const std::vector<int64_t>& channels) {
  std::vector<int32_t> words;
  for (auto first = channels.begin(); first != channels.end(); first += simd.lanes)
    for (int word = -1; word < scaling.words(); ++word)
      for (auto c = first; c != first + simd.lanes; ++c)
        words.push_back(*c < 0     ? 0
                        : word < 0 ? layer.bias[static_cast<size_t>(*c)]
                                   : scaling.table[static_cast<size_t>(*c * scaling.words() + word)]);
  return words;
}

std::vector<int64_t> simd_channels(const Simd& simd, int64_t channels) {
  std::vector<int64_t> all(static_cast<size_t>((channels + simd.lanes - 1) / simd.lanes * simd.lanes), -1);
  std::iota(all.begin(), all.begin() + channels, 0);
  return all;
}

Geometry::Field simd_scaling_field(const Int8Layer& layer, const Int8Scaling& scaling) {
  return {"scaling",
          fmt::format("{{{}, {}, {}, {}, {}}}", scaling.up, scaling.shift, int{scaling.exact}, layer.range.min, layer.range.max)};
}

}  // namespace thimble

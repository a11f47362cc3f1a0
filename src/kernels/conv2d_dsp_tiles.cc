#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/conv2d_dsp.h"
#include "kernels/overlap.h"
#include "kernels/packing.h"
#include "kernels/window2d.h"

namespace thimble {
namespace {

constexpr int64_t kMostSteps = 36;       // of an engine: as far as a load's offset reaches, with room to spare
constexpr int64_t kMostTailSteps = 15;   // of that for the pixel that is left
constexpr int64_t kMostSharedSteps = 7;  // where flash counts
constexpr int64_t kMostShortSteps = 15;  // with the store, within 1 kB
constexpr int kSharedShift = 13;

/// How the pixels and taps are cut up.
struct Tiling {
  int64_t row_words = 0, rest = 0;      ///< of a row of the window: whole words, and bytes left
  int64_t steps = 0;                    ///< words of paired weights per channel pair: two taps each
  int64_t pixels = 0, tail = 0;         ///< of a tile; of the last one when it has code of its own
  bool straight = false;                ///< the tile runs through the engine once
  int64_t unroll = 0, tail_unroll = 0;  ///< steps that the engines should have
};

int64_t most_steps(DspTiles tiles) {
  return tiles == DspTiles::Own ? kMostSteps : tiles == DspTiles::Short ? kMostShortSteps : kMostSharedSteps;
}

/// All that follows from the shape alone.
struct Layout {
  Window2d at;
  int64_t groups = 1, in_c = 0, out_c = 0;  ///< channels of one group
  DspTiles tiles = DspTiles::Own;
  PairedSum sum = PairedSum::Plain;

  bool own() const { return tiles != DspTiles::Shared; }
  int64_t count() const { return at.out_h * at.out_w; }
  int64_t pairs() const { return groups * ((out_c + 1) / 2); }
  /// A window of one pixel, all words whole: it needs no gathering.
  bool pointwise() const { return own() && pixel_by_pixel(at) && in_c % 4 == 0; }
  /// Gathering byte by byte is slow enough to be worth code that knows the shape.
  bool folded() const {
    constexpr double kBytes = 800, kGain = 100;
    const double windows = static_cast<double>(count()) / 4 * static_cast<double>(at.kernel_h + 1);
    return own() && in_c % 4 != 0 && windows * kGain > kBytes * kCyclesPerByte;
  }
  /// Rows of the window lie in one piece, but for padding.
  bool contiguous() const { return at.kernel_w == 1 || (at.dilation_w == 1 && groups == 1); }
};

Layout layout_of(const DspConvolution& conv) {
  return {.at = flattened(conv.at),
          .groups = conv.groups,
          .in_c = conv.at.in_c / conv.groups,
          .out_c = conv.layer.channels / conv.groups,
          .tiles = conv.tiles,
          .sum = paired_sum_of(conv.layer)};
}

/// Cycles that a tile's loop adds to its steps.
double loop_cost(const Tiling& t, int64_t unroll, int64_t pixels) {
  if (t.straight) return 10;
  return 12.0 * std::ceil(static_cast<double>(t.steps) / static_cast<double>(unroll)) + 2.0 * static_cast<double>(pixels);
}

/// Cycles of a tile for one channel pair.
double pair_cost(const Layout& s, const Tiling& t, int64_t unroll, int64_t pixels) {
  const auto per_step = 3.0 + 1.0 * static_cast<double>(pixels + (pixels + 1) / 2) + 2.0 * static_cast<double>(pixels);
  const auto px = static_cast<double>(pixels);
  return static_cast<double>(t.steps) * per_step + loop_cost(t, unroll, pixels) + 9 * px + 22 + (s.tiles == DspTiles::Shared ? 5 : 0);
}

/// Cycles of all tiles of one channel pair.
double all_pairs_cost(const Layout& s, const Tiling& t) {
  const int64_t whole = s.count() - t.tail, tiles = (whole + t.pixels - 1) / t.pixels;
  return static_cast<double>(tiles) * pair_cost(s, t, t.unroll, t.pixels) + (t.tail ? pair_cost(s, t, t.tail_unroll, 1) : 0);
}

Tiling tiling_of(const Layout& s) {
  constexpr double kTurn = 12, kStepBytes = 48, kSingleStepBytes = 20;
  const int64_t row = s.at.kernel_w * s.in_c, count = s.count();
  Tiling t{.row_words = row / 4, .rest = row % 4};
  t.steps = 2 * (s.at.kernel_h * t.row_words + (s.at.kernel_h * t.rest + 3) / 4);
  const int64_t most = most_steps(s.tiles);
  t.straight = s.own() && s.sum != PairedSum::Split && t.steps - 1 <= most;
  const auto unroll = [&](int64_t pixels, double bytes, int64_t most) {
    return worthwhile_unroll(static_cast<double>(s.pairs() * s.at.batches * count / pixels), t.steps, kTurn, bytes, 2, most);
  };
  Tiling best;
  for (t.pixels = 1; t.pixels <= std::min<int64_t>(4, count); ++t.pixels) {
    t.unroll = t.straight ? t.steps - 1 : unroll(t.pixels, kStepBytes, most);
    t.tail = t.pixels > 1 && count % t.pixels == 1 ? 1 : 0;
    t.tail_unroll = unroll(t.pixels * 16, kSingleStepBytes, kMostTailSteps);
    if (best.pixels == 0 || all_pairs_cost(s, t) < all_pairs_cost(s, best)) best = t;
  }
  return best;
}

/// Where tap i of the stream stands in the window, or -1: see the head of runtime/kernels/conv2d_dsp.h.
std::vector<int64_t> tap_order(const Window2d& at, int64_t in_c, const Tiling& t) {
  std::vector<int64_t> order;
  const int64_t row = at.kernel_w * in_c;
  for (int64_t y = 0; y < at.kernel_h; ++y)
    for (int64_t k = 0; k < 4 * t.row_words; ++k) order.push_back(y * row + k);
  for (int64_t y = 0; y < at.kernel_h; ++y)
    for (int64_t k = 4 * t.row_words; k < row; ++k) order.push_back(y * row + k);
  order.resize(static_cast<size_t>(2 * t.steps), -1);
  return order;
}

std::vector<int32_t> make_stream(const Layout& s, const Int8Layer& layer, const Int8Scaling& scaling, std::span<const int64_t> order) {
  const bool late = s.sum != PairedSum::Plain;
  std::vector<int32_t> stream;
  for (int64_t pair = 0; pair < s.pairs(); ++pair) {
    const int64_t group = pair / ((s.out_c + 1) / 2), in_group = 2 * (pair % ((s.out_c + 1) / 2));
    const int64_t a = group * s.out_c + std::max<int64_t>(0, std::min(in_group, s.out_c - 2)), b = s.out_c == 1 ? a : a + 1;
    const int64_t bias_a = layer.bias[static_cast<size_t>(a)];
    const int32_t bias_b = layer.bias[static_cast<size_t>(b)];
    stream.push_back(static_cast<int32_t>((late ? 0 : 256 * bias_a) + bias_b));
    stream.push_back(bias_b);
    for (size_t k = 0; k < order.size(); k += 4) {
      stream.push_back(paired_word(layer, a, b, order[k], order[k + 2]));
      stream.push_back(paired_word(layer, a, b, order[k + 1], order[k + 3]));
    }
    if (late) stream.push_back(static_cast<int32_t>(bias_a * (int64_t{1} << scaling.up)));
    scaling.append(stream, a);
    scaling.append(stream, b);
  }
  return stream;
}

/// Defines the engine and the tile for so many pixels and passes their names; the literal that describes the passes.
std::string define_tile(KernelCall& call, const Layout& s, const Tiling& t, const Int8Layer& layer, const Int8Scaling& scaling, bool tail) {
  const int64_t pixels = tail ? 1 : t.pixels, stride = s.own() ? s.out_c : 0;
  const bool loops = tail || !t.straight;
  const std::string most = fmt::format("THIMBLE_CONV2D_STEPS_{}_DSP", pixels);
  call.at_least(most, std::max<int64_t>(1, tail ? t.tail_unroll : t.unroll));
  call.define(fmt::format("THIMBLE_CONV2D_ENGINE_DSP({})", pixels));
  const std::string name = fmt::format("thimble_conv2d_tile_dsp_{}_{}_{}_{}_{}_{}_{}_{}_{}", loops ? "any" : std::to_string(t.steps),
                                       pixels, stride, static_cast<int>(s.sum), scaling.up, c_word(scaling.shift), int{scaling.exact},
                                       c_word(layer.range.min), c_word(layer.range.max));
  call.define(fmt::format("THIMBLE_CONV2D_TILE_DSP({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})", name, int{loops}, most,
                          loops ? 0 : t.steps, pixels, stride, static_cast<int>(s.sum), scaling.up, scaling.shift, int{scaling.exact},
                          layer.range.min, layer.range.max));
  call.name(name).name(fmt::format("thimble_conv2d_engine_{}_dsp", pixels));
  return fmt::format("THIMBLE_CONV2D_{}_DSP({}, {}, {})", loops ? "LOOPED" : "STRAIGHT", pixels, most, t.steps);
}

std::vector<Geometry::Field> window_fields(const Layout& s, int32_t in_zero) {
  const Window2d& at = s.at;
  std::vector<Geometry::Field> fields;
  for (const auto& [name, value] : std::initializer_list<std::pair<const char*, int64_t>>{{"in_h", at.in_h},
                                                                                          {"in_w", at.in_w},
                                                                                          {"out_h", at.out_h},
                                                                                          {"out_w", at.out_w},
                                                                                          {"batches", at.batches},
                                                                                          {"groups", s.groups},
                                                                                          {"in_c", s.in_c},
                                                                                          {"in_step", at.in_c},
                                                                                          {"out_c", s.out_c},
                                                                                          {"kernel_h", at.kernel_h},
                                                                                          {"kernel_w", at.kernel_w},
                                                                                          {"stride_h", at.stride_h},
                                                                                          {"stride_w", at.stride_w},
                                                                                          {"dilation_h", at.dilation_h},
                                                                                          {"dilation_w", at.dilation_w},
                                                                                          {"pad_top", at.pad_top},
                                                                                          {"pad_left", at.pad_left},
                                                                                          {"in_zero", in_zero}})
    fields.push_back({name, c_literal(value)});
  return fields;
}

}  // namespace

std::optional<std::string> refuses_described(const DspConvolution& conv) {
  const Layout s = layout_of(conv);
  if (auto reason = refuses_wide(s.at, conv.layer.channels, conv.layer.taps)) return reason;
  if (DspConvolution own = conv; conv.tiles == DspTiles::Short) {
    own.tiles = DspTiles::Own;
    if (tiling_of(layout_of(own)).unroll <= kMostShortSteps) return "its loops are short anyway";
  }
  if (s.own())
    if (auto reason = refuse_unless({{s.at.batches == 1, "there is more than one batch"},
                                     {s.groups == 1, "the convolution is grouped"},
                                     {s.at.dilation_h == 1 && s.at.dilation_w == 1, "the convolution is dilated"},
                                     {s.out_c >= 2, "there is only one output channel"},
                                     {s.out_c * 3 + 1 < 4096, "the output has too many channels for a store's offset"}}))
      return reason;
  return refuses_pairing(conv.layer, s.out_c);
}

int64_t scratch_described(const DspConvolution& conv) {
  const Layout s = layout_of(conv);
  const Tiling t = tiling_of(s);
  const int64_t taps = 4 * t.pixels * t.steps;
  if (s.pointwise()) return taps;
  const Window2d& at = s.at;
  const bool clipped = at.pad_left > 0 || (at.out_w - 1) * at.stride_w - at.pad_left + at.kernel_w > at.in_w;
  const int64_t rest = t.rest ? 4 * t.pixels * ((at.kernel_h * t.rest + 3) / 4 + 1) : 0;
  const int64_t row = s.in_c % 4 != 0 && (!s.contiguous() || clipped) ? 4 * (t.row_words + 1) : 0;
  return taps + std::max(rest + row, s.out_c == 1 ? 2 * t.pixels : 0);
}

/// A tile's windows are gathered before any of its outputs is stored; but every group walks over all pixels.
std::optional<int64_t> overlap_described(const DspConvolution& conv) {
  if (conv.groups > 1) return std::nullopt;
  const Layout s = layout_of(conv);
  const Tiling t = tiling_of(s);
  return overlap_of_window(s.at, s.out_c, 1, {.pixels = t.pixels, .tail = t.tail});
}

double cost_described(const DspConvolution& conv, const Board&) {
  constexpr double kTileBytes = 340, kBodyBytes = 250, kGather = 60;
  const Layout s = layout_of(conv);
  const Tiling t = tiling_of(s);
  const int64_t taps = s.at.kernel_h * s.at.kernel_w * s.in_c, pixels = s.at.batches * s.groups * s.count();
  const double gather =
      s.pointwise() ? 10 : kGather + 20.0 * static_cast<double>(s.at.kernel_h) + (s.contiguous() ? 0 : 6.0 * static_cast<double>(taps));
  const double widen = static_cast<double>(pixels) * (static_cast<double>(taps) * 1.8 + gather);
  const double bytes = !s.own() ? 0 : kTileBytes + (s.pointwise() ? kBodyBytes : 0);
  return static_cast<double>(s.at.batches * s.pairs()) * all_pairs_cost(s, t) + widen + kCyclesPerByte * bytes;
}

/// All channels of a tile run through the engine and what stores two of them.
int64_t loop_described(const DspConvolution& conv) {
  constexpr int64_t kStepBytes[] = {20, 28, 40, 48}, kStore = 256;
  const Tiling t = tiling_of(layout_of(conv));
  return kStepBytes[t.pixels - 1] * t.unroll + kStore;
}

KernelCall lower_described(const DspConvolution& conv) {
  const Layout s = layout_of(conv);
  const Tiling t = tiling_of(s);
  const Int8Scaling scaling = scaling_of(conv.layer, kSharedShift, 7);  // one bit less costs one instruction per two outputs
  const std::vector<int32_t> stream = make_stream(s, conv.layer, scaling, tap_order(s.at, s.in_c, t));
  KernelCall call(s.pointwise() ? "thimble_conv2d_point_s8_dsp" : s.folded() ? "thimble_conv2d_folded_s8_dsp" : "thimble_conv2d_s8_dsp");
  call.input(0).output(0).constant("stream", stream).scratch();
  const std::string whole = define_tile(call, s, t, conv.layer, scaling, false);
  std::string last = "{0, 0, 0}";
  if (t.tail)
    last = define_tile(call, s, t, conv.layer, scaling, true);
  else
    call.name("NULL").name("NULL");
  std::vector<Geometry::Field> fields;
  if (s.pointwise())
    fields = {{"count", c_literal(s.count())}, {"in_c", c_literal(s.in_c)}};
  else
    fields = window_fields(s, conv.in_zero);
  fields.push_back(
      {"tiling", fmt::format("{{{}, {}, {}, {}, {}, {}, {}}}", t.pixels, t.tail, t.steps, static_cast<int64_t>(stream.size()) / s.pairs(),
                             s.out_c == 1 ? 2 : s.groups * s.out_c, whole, last)});
  return call.geometry(s.pointwise() ? "thimble_conv2d_point_s8_dsp_shape" : "thimble_conv2d_s8_dsp_shape", std::move(fields));
}

}  // namespace thimble

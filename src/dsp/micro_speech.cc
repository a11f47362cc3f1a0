#include "runtime/dsp/micro_speech.h"

#include <bit>
#include <cmath>
#include <numbers>

#include "dsp/block.h"

namespace thimble {
namespace {

struct MicroSpeechAttrs {
  int64_t rate = 16000, channels = 40;
  double frame_length = 0.03, frame_stride = 0.02, low_frequency = 125, high_frequency = 7500;
  double even_smoothing = 0.025, odd_smoothing = 0.06, min_signal_remaining = 0.05, strength = 0.95, offset = 80;
  bool int8 = false;
  template <class V>
  void fields(V&& v) {
    v("rate", rate, "samples a second", between(2000, 48000));
    v("frame_length", frame_length, "seconds of sound in a frame", between(0.002, 0.1));
    v("frame_stride", frame_stride, "seconds from one frame to the next", between(0.001, 1));
    v("channels", channels, "mel bands", between(2, 128));
    v("low_frequency", low_frequency, "Hz, where the first band begins", at_least(0));
    v("high_frequency", high_frequency, "Hz, where the last band ends", at_least(1));
    v("even_smoothing", even_smoothing, "how fast the estimate of noise follows in even channels", between(0, 1));
    v("odd_smoothing", odd_smoothing, "and in odd ones", between(0, 1));
    v("min_signal_remaining", min_signal_remaining, "share of the signal that noise reduction leaves at least", between(0, 1));
    v("strength", strength, "of the gain control", between(0, 1));
    v("offset", offset, "of the gain control: larger leaves quiet channels quiet", at_least(1));
    v("int8", int8, "features as the int8 micro-speech models take them; else floats from 0 to 26");
  }
};

// The library makes its tables in float: in double, one factor of the window and two weights come out a step apart.

int16_t fixed(float value, int bits) { return static_cast<int16_t>(std::floor(value * static_cast<float>(1 << bits) + 0.5F)); }

/// Functions are taken in double and rounded, so that no C library decides.
float rounded(double value) { return static_cast<float>(value); }

float mel_of(float hz) { return 1127.0F * rounded(std::log1p(static_cast<double>(hz / 700.0F))); }

struct Bands {
  std::vector<int16_t> edges, weights;
};

/// Bins from band to band, and for each bin its weight in the band that ends above it and in the one that begins below it.
Bands bands_of(const MicroSpeechAttrs& a, int64_t fft) {
  const float low = mel_of(static_cast<float>(a.low_frequency)), high = mel_of(static_cast<float>(a.high_frequency));
  const float spacing = (high - low) / static_cast<float>(a.channels + 1);
  const auto hz_per_bin = static_cast<float>(0.5 * static_cast<double>(a.rate) / static_cast<double>(static_cast<float>(fft / 2)));
  auto bin = static_cast<int64_t>(1.5 + static_cast<float>(a.low_frequency) / hz_per_bin);
  Bands bands{.edges = {static_cast<int16_t>(bin)}, .weights = {}};
  float below = low;
  for (int64_t c = 0; c <= a.channels; ++c) {
    const float centre = low + spacing * static_cast<float>(c + 1);
    for (; mel_of(static_cast<float>(bin) * hz_per_bin) <= centre; ++bin) {
      const float weight = (centre - mel_of(static_cast<float>(bin) * hz_per_bin)) / (centre - below);
      bands.weights.push_back(fixed(weight, 12));
      bands.weights.push_back(fixed(1.0F - weight, 12));
    }
    bands.edges.push_back(static_cast<int16_t>(bin));
    below = centre;
  }
  expect(bin <= fft / 2, "high_frequency must be below half the rate");
  return bands;
}

/// Per power of two three coefficients of a parabola, after the values at 0 and 1.
std::vector<int16_t> gain_table(const MicroSpeechAttrs& a, int correction) {
  const auto at = [&](uint32_t x) {
    const float value = static_cast<float>(x) / static_cast<float>(1u << (THIMBLE_MICRO_SMOOTHING_BITS - correction));
    const float gain =
        static_cast<float>(1u << THIMBLE_MICRO_GAIN_BITS) * std::pow(value + static_cast<float>(a.offset), -static_cast<float>(a.strength));
    return gain > 32767 ? int16_t{32767} : static_cast<int16_t>(gain + 0.5F);
  };
  std::vector<int16_t> table(125);
  table[0] = at(0);
  table[1] = at(1);
  for (size_t interval = 2; interval <= 32; ++interval) {
    const uint32_t x0 = 1u << (interval - 1), x1 = x0 + x0 / 2, x2 = interval == 32 ? x0 + (x0 - 1) : 2 * x0;
    const int y0 = at(x0), first = at(x1) - y0, second = at(x2) - y0, slope = 4 * first - second;
    table[4 * interval - 6] = static_cast<int16_t>(y0);
    table[4 * interval - 5] = static_cast<int16_t>(slope);
    table[4 * interval - 4] = static_cast<int16_t>(second - slope);
  }
  return table;
}

struct Made {
  thimble_micro_speech_shape shape{};
  std::vector<int16_t> window, factors, split, gain, log;
  Bands bands;
};

void append_turn(std::vector<int16_t>& table, double turns) {
  const double phase = -2 * std::numbers::pi * turns;
  table.push_back(static_cast<int16_t>(std::floor(0.5 + 32767 * std::cos(phase))));
  table.push_back(static_cast<int16_t>(std::floor(0.5 + 32767 * std::sin(phase))));
}

Made made_of(const MicroSpeechAttrs& a, const TensorType& x) {
  expect(x.dtype == DType::F32 && x.rank() == 2 && x.shape[1] == 1, "the input must be floats [samples, 1] in the range of int16");
  Made m;
  const auto length = static_cast<int64_t>(a.frame_length * 1000 + 0.5) * a.rate / 1000;
  const auto stride = static_cast<int64_t>(a.frame_stride * 1000 + 0.5) * a.rate / 1000;
  const auto fft = static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(length)));
  expect(fft >= 128 && fft <= 4096, "frame_length must be between 65 and 4096 samples");
  expect(x.shape[0] >= length, "the window is shorter than a frame");
  m.bands = bands_of(a, fft);
  m.shape = {.frames = static_cast<int32_t>((x.shape[0] - length) / stride + 1),
             .length = static_cast<int32_t>(length),
             .stride = static_cast<int32_t>(stride),
             .fft = static_cast<int32_t>(fft),
             .channels = static_cast<int32_t>(a.channels),
             .first_bin = m.bands.edges.front(),
             .end_bin = m.bands.edges.back(),
             .even_smoothing = static_cast<int32_t>(static_cast<float>(a.even_smoothing) * 16384),
             .odd_smoothing = static_cast<int32_t>(static_cast<float>(a.odd_smoothing) * 16384),
             .least_signal = static_cast<int32_t>(static_cast<float>(a.min_signal_remaining) * 16384),
             .int8 = a.int8};
  const float turn = 2 * std::numbers::pi_v<float> / static_cast<float>(length);
  for (int64_t i = 0; i < length; ++i) {
    const float angle = turn * (static_cast<float>(i) + 0.5F);
    m.window.push_back(fixed(0.5F - 0.5F * rounded(std::cos(static_cast<double>(angle))), 12));
  }
  for (int64_t k = 0; k < fft / 2; ++k) append_turn(m.factors, static_cast<double>(k) / static_cast<double>(fft / 2));
  for (int64_t k = 1; k <= fft / 4; ++k) append_turn(m.split, (static_cast<double>(k) / static_cast<double>(fft / 2) + 0.5) / 2);
  m.gain = gain_table(a, static_cast<int>(std::bit_width(static_cast<uint64_t>(fft))) - 7);
  for (int i = 0; i <= 128; ++i) m.log.push_back(static_cast<int16_t>(std::lround(65536 * (std::log2(1 + i / 128.0) - i / 128.0))));
  return m;
}
Made made_of(const Node& node, const Graph& graph) { return made_of(node.attrs.as<MicroSpeechAttrs>(), graph.type(node.in[0])); }

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const Made m = made_of(attrs.as<MicroSpeechAttrs>(), *in[0].type);
  return {{m.shape.int8 ? DType::I8 : DType::F32, {1, int64_t{m.shape.frames} * m.shape.channels}, {}}};
}

int64_t scratch_bytes(const thimble_micro_speech_shape& s) { return int64_t{8} * s.channels + 6 * s.fft + 4; }

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const Made m = made_of(attrs.as<MicroSpeechAttrs>(), *in[0].type);
  std::vector<uint32_t> scratch(static_cast<size_t>(scratch_bytes(m.shape) / 4 + 1));
  void* const to = m.shape.int8 ? static_cast<void*>(out[0].as<int8_t>().data()) : out[0].as<float>().data();
  thimble_micro_speech(in[0].as<const float>().data(), to, m.window.data(), m.factors.data(), m.split.data(), m.bands.edges.data(),
                       m.bands.weights.data(), m.gain.data(), m.log.data(), scratch.data(), &m.shape);
}

int64_t scratch(const Node& node, const Graph& graph) { return scratch_bytes(made_of(node, graph).shape); }

double work(const Node& node, const Graph& graph) {
  const thimble_micro_speech_shape s = made_of(node, graph).shape;
  return s.frames * (10.0 * s.length + 15.0 * s.fft * std::log2(s.fft) + 700.0 * s.channels);
}

KernelCall lower(const Node& node, const Graph& graph) {
  const Made m = made_of(node, graph);
  const thimble_micro_speech_shape& s = m.shape;
  return KernelCall("thimble_micro_speech")
      .input(0)
      .output(0)
      .constant("window", m.window)
      .constant("factors", m.factors)
      .constant("split", m.split)
      .constant("bands", m.bands.edges)
      .constant("weights", m.bands.weights)
      .constant("gain", m.gain)
      .constant("log", m.log)
      .scratch()
      .geometry("thimble_micro_speech_shape", {{"frames", c_literal(int64_t{s.frames})},
                                               {"length", c_literal(int64_t{s.length})},
                                               {"stride", c_literal(int64_t{s.stride})},
                                               {"fft", c_literal(int64_t{s.fft})},
                                               {"channels", c_literal(int64_t{s.channels})},
                                               {"first_bin", c_literal(int64_t{s.first_bin})},
                                               {"end_bin", c_literal(int64_t{s.end_bin})},
                                               {"even_smoothing", c_literal(int64_t{s.even_smoothing})},
                                               {"odd_smoothing", c_literal(int64_t{s.odd_smoothing})},
                                               {"least_signal", c_literal(int64_t{s.least_signal})},
                                               {"int8", c_literal(int64_t{s.int8})}});
}

}  // namespace

std::span<const Block> micro_speech_blocks() {
  static const Block kRows[] = {{.op = {.name = "micro_speech",
                                        .summary = "the fixed-point front end of TensorFlow Lite's micro-speech models",
                                        .attrs = MicroSpeechAttrs{},
                                        .infer = infer,
                                        .eval = eval},
                                 .source = "dsp/micro_speech.h",
                                 .scratch = scratch,
                                 .work = work,
                                 .soft_float = 4.1,
                                 .lower = lower,
                                 .example = {16000, 1}}};
  return kRows;
}

}  // namespace thimble

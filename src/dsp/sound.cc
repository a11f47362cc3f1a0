#include "dsp/sound.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

namespace thimble {
namespace {

/// Seconds as whole samples: up, unless it is a whole number but for the rounding of the product.
int32_t samples_of(double seconds, double rate) {
  const double exact = seconds * rate, below = std::floor(exact);
  return static_cast<int32_t>(exact - below < 1e-3 ? below : below + 1);
}

double mel_of(double hz) { return 1127 * std::log1p(hz / 700); }
double hz_of(double mel) { return 700 * std::expm1(mel / 1127); }

}  // namespace

thimble_frames_shape frames_of(const FrameAttrs& a, const TensorType& x, double gain, double pre_emphasis, bool wrap) {
  expect(x.dtype == DType::F32 && x.rank() == 2, "the input must be floats [samples, axes]");
  expect(x.shape[1] == 1, "a block for sound takes one axis");
  check_fft_length(a.fft_length);
  thimble_frames_shape s{.samples = static_cast<int32_t>(x.shape[0]),
                         .frames = 0,
                         .length = samples_of(a.frame_length, a.rate),
                         .stride = samples_of(a.frame_stride, a.rate),
                         .fft = static_cast<int32_t>(a.fft_length),
                         .wrap = wrap,
                         .gain = static_cast<float>(gain),
                         .pre_emphasis = static_cast<float>(pre_emphasis)};
  expect(s.length >= 1 && s.stride >= 1, "frame_length and frame_stride must be a sample at least");
  s.frames = (s.samples - (s.length - s.stride)) / s.stride;
  expect(s.frames >= 1, fmt::format("the window of {} samples is shorter than one frame of {} (frame_length = {} s at {} Hz)", s.samples,
                                    s.length, a.frame_length, a.rate));
  return s;
}

Geometry::Field frames_field(const thimble_frames_shape& f) {
  return {"frames", fmt::format("{{{}, {}, {}, {}, {}, {}, {}, {}}}", f.samples, f.frames, f.length, f.stride, f.fft, f.wrap,
                                c_literal(f.gain), c_literal(f.pre_emphasis))};
}

double frames_work(const thimble_frames_shape& f) { return f.frames * (8.8 * std::min(f.length, f.fft) + 13.0 * f.fft + fft_work(f.fft)); }

std::vector<int16_t> mel_edges(const MelAttrs& mel, const FrameAttrs& frames) {
  const double high = mel.high_frequency > 0 ? mel.high_frequency : frames.rate / 2;
  expect(high <= frames.rate / 2, fmt::format("high_frequency = {} must not be above {} Hz, half the rate", high, frames.rate / 2));
  expect(mel.low_frequency < high,
         fmt::format("low_frequency = {} must be below {} Hz, where the last band ends", mel.low_frequency, high));
  const double first = mel_of(mel.low_frequency), step = (mel_of(high) - first) / static_cast<double>(mel.num_filters + 1);
  std::vector<int16_t> edges;
  for (int64_t i = 0; i < mel.num_filters + 2; ++i) {
    // The last edge stays below the last bin.
    const double hz = i == mel.num_filters + 1 ? high - 0.001 : hz_of(first + step * static_cast<double>(i));
    edges.push_back(static_cast<int16_t>(std::floor(static_cast<double>(frames.fft_length + 1) * hz / frames.rate)));
  }
  for (size_t f = 0; f + 2 < edges.size(); ++f)
    expect(edges[f + 2] > edges[f + 1] || edges[f + 1] > edges[f] + 1,
           fmt::format("mel band {} of {} holds no frequency of a transform of {} samples; take fewer filters or a longer fft_length",
                       f + 1, mel.num_filters, frames.fft_length));
  return edges;
}

std::optional<BlockStream> frames_stream(const thimble_frames_shape& frames, int64_t features, Attrs row) {
  if (frames.wrap && frames.pre_emphasis != 0) return std::nullopt;
  return BlockStream{.length = frames.length, .stride = frames.stride, .rows = frames.frames, .features = features, .row = std::move(row)};
}

std::vector<std::string> frames_remarks(const thimble_frames_shape& frames) {
  if (frames.length <= frames.fft) return {};
  return {fmt::format("{} of the {} samples of each frame are cut off, as fft_length is {}; {} or frame_length {:g} would hear them all",
                      frames.length - frames.fft, frames.length, frames.fft,
                      fmt::format("fft_length {}", std::bit_ceil(static_cast<uint32_t>(frames.length))), static_cast<double>(frames.fft))};
}

double mel_work(const std::vector<int16_t>& edges) {
  double work = 0;
  for (size_t f = 0; f + 2 < edges.size(); ++f) work += 15.0 * (edges[f + 2] - edges[f]);
  return work;
}

}  // namespace thimble

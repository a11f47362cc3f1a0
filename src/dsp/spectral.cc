#include "runtime/dsp/spectral.h"

#include <algorithm>
#include <bit>

#include "dsp/block.h"
#include "dsp/fft_tables.h"
#include "dsp/sections.h"

namespace thimble {
namespace {

enum class Filter : uint8_t { None, Low, High };
std::span<const std::string_view> enum_names(Filter) {
  static constexpr std::string_view kNames[] = {"none", "low", "high"};
  return kNames;
}

struct SpectralAttrs {
  double rate = 100, scale_axes = 1, filter_cutoff = 3;
  Filter filter_type = Filter::None;
  int64_t filter_order = 6, fft_length = 16;
  bool do_log = true, do_fft_overlap = true, spectrum_shape = true;
  template <class V>
  void fields(V&& v) {
    v("rate", rate, "samples a second", at_least(1e-6));
    v("scale_axes", scale_axes, "what every sample is multiplied by");
    v("filter_type", filter_type, "keep the frequencies below (low) or above (high) the cutoff, or all (none)");
    v("filter_cutoff", filter_cutoff, "Hz, below half the rate", at_least(1e-6));
    v("filter_order", filter_order, "even; 0 leaves the samples alone and only drops frequencies", between(0, 8));
    v("fft_length", fft_length, "samples of a frame, a power of two", between(4, 4096));
    v("do_log", do_log, "powers as logarithms to base 10");
    v("do_fft_overlap", do_fft_overlap, "frames overlap by half");
    v("spectrum_shape", spectrum_shape, "skewness and kurtosis of the spectrum too");
  }
};

struct Bins {
  int64_t first, count;
};

/// The frequencies that the filter leaves; never the constant part.
Bins bins_of(const SpectralAttrs& a) {
  const int64_t half = a.fft_length / 2;
  const double at = std::min(a.filter_cutoff, a.rate / 2) * static_cast<double>(a.fft_length) / a.rate;
  if (a.filter_type == Filter::Low) return {1, std::min(half, static_cast<int64_t>(at + 0.5))};
  if (a.filter_type == Filter::None) return {1, half};
  const int64_t first = std::max<int64_t>(1, static_cast<int64_t>(at - 0.5) + 1);
  return {first, half - first + 1};
}

std::vector<float> sections_of(const SpectralAttrs& a) {
  if (a.filter_type == Filter::None) return {};
  const double corner = a.filter_cutoff / a.rate;
  return a.filter_type == Filter::Low ? butterworth_low(a.filter_order, corner) : butterworth_high(a.filter_order, corner);
}

thimble_spectral_shape shape_of(const SpectralAttrs& a, const TensorType& x) {
  const Bins bins = bins_of(a);
  return {.samples = static_cast<int32_t>(x.shape[0]),
          .axes = static_cast<int32_t>(x.shape[1]),
          .fft = static_cast<int32_t>(a.fft_length),
          .hop = static_cast<int32_t>(a.do_fft_overlap ? a.fft_length / 2 : a.fft_length),
          .first_bin = static_cast<int32_t>(bins.first),
          .bins = static_cast<int32_t>(bins.count),
          .sections = static_cast<int32_t>(sections_of(a).size() / 4),
          .log = a.do_log,
          .shape = a.spectrum_shape,
          .scale = static_cast<float>(a.scale_axes)};
}

int64_t scratch_floats(const thimble_spectral_shape& s) { return s.samples + s.fft + s.fft / 2 + 1; }

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const auto& a = attrs.as<SpectralAttrs>();
  const TensorType& x = *in[0].type;
  expect(x.dtype == DType::F32 && x.rank() == 2, "the input must be floats [samples, axes]");
  expect(std::has_single_bit(static_cast<uint64_t>(a.fft_length)), "fft_length must be a power of two");
  expect(a.filter_order % 2 == 0, "filter_order must be even");
  expect(a.filter_type == Filter::None || a.filter_cutoff < a.rate / 2, "filter_cutoff must be below half the rate");
  const Bins bins = bins_of(a);
  expect(bins.count > 0, "the filter leaves no frequency of this fft_length; make it longer");
  return {{DType::F32, {1, x.shape[1] * (3 + (a.spectrum_shape ? 2 : 0) + bins.count)}, {}}};
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<SpectralAttrs>();
  const thimble_spectral_shape shape = shape_of(a, *in[0].type);
  const FftTables tables = fft_tables(a.fft_length);
  std::vector<float> scratch(static_cast<size_t>(scratch_floats(shape)));
  thimble_spectral(in[0].as<const float>().data(), out[0].as<float>().data(), sections_of(a).data(), tables.passes.data(),
                   tables.split.data(), scratch.data(), &shape);
}

thimble_spectral_shape shape_at(const Node& node, const Graph& graph) {
  return shape_of(node.attrs.as<SpectralAttrs>(), graph.type(node.in[0]));
}

int64_t scratch(const Node& node, const Graph& graph) { return 4 * scratch_floats(shape_at(node, graph)); }

double work(const Node& node, const Graph& graph) {
  const thimble_spectral_shape s = shape_at(node, graph);
  const double samples = s.samples, frames = samples / s.hop + 1;
  return s.axes * (samples * (20 + 9 * s.sections) + frames * (fft_work(s.fft) + 6.0 * s.fft) + 40.0 * s.bins);
}

KernelCall lower(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<SpectralAttrs>();
  const thimble_spectral_shape s = shape_at(node, graph);
  const FftTables tables = fft_tables(a.fft_length);
  return KernelCall("thimble_spectral")
      .input(0)
      .output(0)
      .constant("sections", sections_of(a))
      .constant("passes", tables.passes)
      .constant("split", tables.split)
      .scratch()
      .geometry("thimble_spectral_shape", {{"samples", c_literal(int64_t{s.samples})},
                                           {"axes", c_literal(int64_t{s.axes})},
                                           {"fft", c_literal(int64_t{s.fft})},
                                           {"hop", c_literal(int64_t{s.hop})},
                                           {"first_bin", c_literal(int64_t{s.first_bin})},
                                           {"bins", c_literal(int64_t{s.bins})},
                                           {"sections", c_literal(int64_t{s.sections})},
                                           {"log", c_literal(int64_t{s.log})},
                                           {"shape", c_literal(int64_t{s.shape})},
                                           {"scale", c_literal(s.scale)}});
}

}  // namespace

std::span<const Block> spectral_blocks() {
  static const Block kRows[] = {{.op = {.name = "spectral",
                                        .summary = "level, distribution and spectrum of each axis: motion, vibration, slow series",
                                        .attrs = SpectralAttrs{},
                                        .infer = infer,
                                        .eval = eval},
                                 .source = "dsp/spectral.h",
                                 .scratch = scratch,
                                 .work = work,
                                 .lower = lower}};
  return kRows;
}

}  // namespace thimble

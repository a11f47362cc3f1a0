#include "runtime/dsp/spectral.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "dsp/block.h"
#include "dsp/fft_tables.h"
#include "dsp/sections.h"

namespace thimble {
namespace {

struct SpectralAttrs {
  double rate = 100, scale_axes = 1, filter_cutoff = 3;
  Pass filter_type = Pass::None;
  int64_t filter_order = 6, fft_length = 16;
  bool do_log = true, do_fft_overlap = true, spectrum_shape = true, extra_low_freq = false;
  int64_t input_decimation_ratio = 1;
  template <class V>
  void fields(V&& v) {
    v("rate", rate, "samples a second", at_least(1e-6));
    v("scale_axes", scale_axes, "what every sample is multiplied by");
    v("input_decimation_ratio", input_decimation_ratio, "1, 3, 10, 30, 100 or 1000: one of so many samples is kept", between(1, 1000));
    v("filter_type", filter_type, "keep the frequencies below (low) or above (high) the cutoff, or all (none)");
    v("filter_cutoff", filter_cutoff, "Hz, below half the rate", at_least(1e-6));
    v("filter_order", filter_order, "even; 0 leaves the samples alone and only drops frequencies", between(0, 8));
    v("fft_length", fft_length, "samples of a frame, a power of two", between(4, 4096));
    v("do_log", do_log, "powers as logarithms to base 10");
    v("do_fft_overlap", do_fft_overlap, "frames overlap by half");
    v("spectrum_shape", spectrum_shape, "skewness and kurtosis of the spectrum too");
    v("extra_low_freq", extra_low_freq, "behind all features the same of the samples decimated by 10");
  }
};

struct Bins {
  int64_t first, count;
};

/// Samples a second that are left to filter.
double rate_of(const SpectralAttrs& a) { return a.rate / static_cast<double>(a.input_decimation_ratio); }

/// The frequencies that the filter leaves at that rate; never the constant part.
Bins bins_of(const SpectralAttrs& a, double rate) {
  const int64_t half = a.fft_length / 2;
  const double at = std::min(a.filter_cutoff, rate / 2) * static_cast<double>(a.fft_length) / rate;
  if (a.filter_type == Pass::Low) return {1, std::min(half, static_cast<int64_t>(at + 0.5))};
  if (a.filter_type == Pass::None) return {1, half};
  const int64_t first = std::max<int64_t>(1, static_cast<int64_t>(at - 0.5) + 1);
  return {first, half - first + 1};
}

std::vector<float> sections_of(const SpectralAttrs& a) {
  return pass_sections(a.filter_type, a.filter_order, a.filter_cutoff / rate_of(a));
}

struct Decimations {
  int32_t thirds = 0, tenths = 0;
};
Decimations decimations_of(const SpectralAttrs& a) {
  Decimations d;
  int64_t rest = a.input_decimation_ratio;
  for (; rest % 10 == 0; rest /= 10) ++d.tenths;
  for (; rest % 3 == 0; rest /= 3) ++d.thirds;
  expect(rest == 1 && d.thirds <= 1,
         fmt::format("input_decimation_ratio = {} must be 1, 3, 10, 30, 100 or 1000", a.input_decimation_ratio));
  return d;
}

struct Sections {
  std::vector<float> filter, thirds, tenths;
};
Sections all_sections(const SpectralAttrs& a) {
  Sections s{.filter = sections_of(a), .thirds = {}, .tenths = {}};
  const Decimations d = decimations_of(a);
  if (d.thirds > 0) s.thirds = decimator(3);
  if (d.tenths > 0 || a.extra_low_freq) s.tenths = decimator(10);
  return s;
}

thimble_spectral_shape shape_of(const SpectralAttrs& a, const TensorType& x) {
  const Bins bins = bins_of(a, rate_of(a)), low = a.extra_low_freq ? bins_of(a, rate_of(a) / 10) : Bins{0, 0};
  const Decimations d = decimations_of(a);
  return {.samples = static_cast<int32_t>(x.shape[0]),
          .axes = static_cast<int32_t>(x.shape[1]),
          .fft = static_cast<int32_t>(a.fft_length),
          .hop = static_cast<int32_t>(a.do_fft_overlap ? a.fft_length / 2 : a.fft_length),
          .sections = static_cast<int32_t>(sections_of(a).size() / 4),
          .thirds = d.thirds,
          .tenths = d.tenths,
          .first_bin = static_cast<int32_t>(bins.first),
          .bins = static_cast<int32_t>(bins.count),
          .low_bins = static_cast<int32_t>(low.count),
          .low_first_bin = static_cast<int32_t>(low.first),
          .log = a.do_log,
          .shape = a.spectrum_shape,
          .scale = static_cast<float>(a.scale_axes)};
}

int64_t scratch_floats(const thimble_spectral_shape& s) { return s.samples + s.fft + s.fft / 2 + 1; }

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const auto& a = attrs.as<SpectralAttrs>();
  const TensorType& x = *in[0].type;
  expect(x.dtype == DType::F32 && x.rank() == 2, "the input must be floats [samples, axes]");
  check_fft_length(a.fft_length);
  expect(a.filter_order % 2 == 0, fmt::format("filter_order = {} must be even", a.filter_order));
  expect(a.filter_type == Pass::None || a.filter_cutoff < rate_of(a) / 2,
         fmt::format("filter_cutoff = {} must be below {} Hz, half the rate{}", a.filter_cutoff, rate_of(a) / 2,
                     a.input_decimation_ratio > 1 ? " after decimation" : ""));
  const thimble_spectral_shape s = shape_of(a, x);
  expect(s.bins > 0, "the filter leaves no frequency of this fft_length; make it longer");
  expect(!a.extra_low_freq || s.low_bins > 0, "the filter leaves nothing at a tenth of the rate; do without extra_low_freq");
  const int64_t more = 3 + (a.spectrum_shape ? 2 : 0);
  return {{DType::F32, {1, x.shape[1] * (more + s.bins + (a.extra_low_freq ? more + s.low_bins : 0))}, {}}};
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<SpectralAttrs>();
  const thimble_spectral_shape shape = shape_of(a, *in[0].type);
  const FftTables tables = fft_tables(a.fft_length);
  const Sections sections = all_sections(a);
  std::vector<float> scratch(static_cast<size_t>(scratch_floats(shape)));
  thimble_spectral(in[0].as<const float>().data(), out[0].as<float>().data(), sections.filter.data(), sections.thirds.data(),
                   sections.tenths.data(), tables.passes.data(), tables.split.data(), scratch.data(), &shape);
}

thimble_spectral_shape shape_at(const Node& node, const Graph& graph) {
  return shape_of(node.attrs.as<SpectralAttrs>(), graph.type(node.in[0]));
}

int64_t scratch(const Node& node, const Graph& graph) { return 4 * scratch_floats(shape_at(node, graph)); }

double work(const Node& node, const Graph& graph) {
  const thimble_spectral_shape s = shape_at(node, graph);
  const double ratio = static_cast<double>(node.attrs.as<SpectralAttrs>().input_decimation_ratio);
  const auto part = [&](double samples, double bins) {
    return samples * 32 + (samples / s.hop + 1) * (fft_work(s.fft) + 12.0 * s.fft + 120) + (s.log ? 60 : 15) * bins + 250;
  };
  const double samples = s.samples / ratio, prepared = s.samples * (s.thirds + s.tenths > 0 ? 96.0 : 7.0) + samples * 17.8 * s.sections;
  const double low = s.low_bins > 0 ? prepared + 89 * samples + part(samples / 10, s.low_bins) : 0;
  return s.axes * (prepared + part(samples, s.bins) + low);
}

KernelCall lower(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<SpectralAttrs>();
  const thimble_spectral_shape s = shape_at(node, graph);
  const FftTables tables = fft_tables(a.fft_length);
  const Sections sections = all_sections(a);
  return KernelCall("thimble_spectral")
      .input(0)
      .output(0)
      .constant("sections", sections.filter)
      .constant("thirds", sections.thirds)
      .constant("tenths", sections.tenths)
      .constant("passes", tables.passes)
      .constant("split", tables.split)
      .scratch()
      .geometry("thimble_spectral_shape", {{"samples", c_literal(int64_t{s.samples})},
                                           {"axes", c_literal(int64_t{s.axes})},
                                           {"fft", c_literal(int64_t{s.fft})},
                                           {"hop", c_literal(int64_t{s.hop})},
                                           {"sections", c_literal(int64_t{s.sections})},
                                           {"thirds", c_literal(int64_t{s.thirds})},
                                           {"tenths", c_literal(int64_t{s.tenths})},
                                           {"first_bin", c_literal(int64_t{s.first_bin})},
                                           {"bins", c_literal(int64_t{s.bins})},
                                           {"low_bins", c_literal(int64_t{s.low_bins})},
                                           {"low_first_bin", c_literal(int64_t{s.low_first_bin})},
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
                                 .soft_float = 35,
                                 .lower = lower}};
  return kRows;
}

}  // namespace thimble

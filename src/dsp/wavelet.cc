#include "runtime/dsp/wavelet.h"

#include <fmt/format.h>

#include "dsp/block.h"
#include "dsp/sections.h"
#include "dsp/wavelets.h"

namespace thimble {
namespace {

struct WaveletAttrs {
  double rate = 100, scale_axes = 1, filter_cutoff = 3;
  Pass filter_type = Pass::None;
  int64_t filter_order = 6, wavelet_level = 1;
  std::string wavelet = "db4";
  template <class V>
  void fields(V&& v) {
    v("rate", rate, "samples a second", at_least(1e-6));
    v("scale_axes", scale_axes, "what every sample is multiplied by");
    v("filter_type", filter_type, "keep the frequencies below (low) or above (high) the cutoff, or all (none)");
    v("filter_cutoff", filter_cutoff, "Hz, below half the rate", at_least(1e-6));
    v("filter_order", filter_order, "even; 0: no filter", between(0, 8));
    v("wavelet", wavelet, "the shape that is looked for", one_of({wavelet_names().begin(), wavelet_names().end()}));
    v("wavelet_level", wavelet_level, "how often the slower half is split again", between(1, 7));
  }
};

std::vector<float> sections_of(const WaveletAttrs& a) { return pass_sections(a.filter_type, a.filter_order, a.filter_cutoff / a.rate); }

thimble_wavelet_shape shape_of(const WaveletAttrs& a, const TensorType& x) {
  return {.samples = static_cast<int32_t>(x.shape[0]),
          .axes = static_cast<int32_t>(x.shape[1]),
          .sections = static_cast<int32_t>(sections_of(a).size() / 4),
          .levels = static_cast<int32_t>(a.wavelet_level),
          .taps = static_cast<int32_t>(wavelet_filters(a.wavelet).low.size()),
          .scale = static_cast<float>(a.scale_axes)};
}
thimble_wavelet_shape shape_at(const Node& node, const Graph& graph) {
  return shape_of(node.attrs.as<WaveletAttrs>(), graph.type(node.in[0]));
}

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const auto& a = attrs.as<WaveletAttrs>();
  const TensorType& x = *in[0].type;
  expect(x.dtype == DType::F32 && x.rank() == 2, "the input must be floats [samples, axes]");
  expect(a.filter_order % 2 == 0, fmt::format("filter_order = {} must be even", a.filter_order));
  expect(a.filter_type == Pass::None || a.filter_cutoff < a.rate / 2,
         fmt::format("filter_cutoff = {} must be below {} Hz, half the rate", a.filter_cutoff, a.rate / 2));
  expect(x.shape[0] >= int64_t{32} << a.wavelet_level,
         "the window must have 32 samples for each component: 64 at level 1, 128 at 2, 256 at 3");
  return {{DType::F32, {1, x.shape[1] * (a.wavelet_level + 1) * THIMBLE_WAVELET_FEATURES}, {}}};
}

int64_t scratch_floats(const thimble_wavelet_shape& s) { return s.samples + 2 * ((s.samples + s.taps - 1) / 2); }

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<WaveletAttrs>();
  const thimble_wavelet_shape shape = shape_of(a, *in[0].type);
  const WaveletFilters filters = wavelet_filters(a.wavelet);
  std::vector<float> scratch(static_cast<size_t>(scratch_floats(shape)));
  thimble_wavelet(in[0].as<const float>().data(), out[0].as<float>().data(), sections_of(a).data(), filters.low.data(), filters.high.data(),
                  scratch.data(), &shape);
}

int64_t scratch(const Node& node, const Graph& graph) { return 4 * scratch_floats(shape_at(node, graph)); }

double work(const Node& node, const Graph& graph) {
  const thimble_wavelet_shape s = shape_at(node, graph);
  double count = s.samples, all = count * (20 + 17.8 * s.sections);
  for (int32_t level = 0; level < s.levels; ++level) {
    count = (count + s.taps - 1) / 2;
    all += count * (2.0 * 15.5 * s.taps + 275);
  }
  return s.axes * (all + count * 275);
}

KernelCall lower(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<WaveletAttrs>();
  const thimble_wavelet_shape s = shape_at(node, graph);
  const WaveletFilters filters = wavelet_filters(a.wavelet);
  return KernelCall("thimble_wavelet")
      .input(0)
      .output(0)
      .constant("sections", sections_of(a))
      .constant("low", filters.low)
      .constant("high", filters.high)
      .scratch()
      .geometry("thimble_wavelet_shape", {{"samples", c_literal(int64_t{s.samples})},
                                          {"axes", c_literal(int64_t{s.axes})},
                                          {"sections", c_literal(int64_t{s.sections})},
                                          {"levels", c_literal(int64_t{s.levels})},
                                          {"taps", c_literal(int64_t{s.taps})},
                                          {"scale", c_literal(s.scale)}});
}

}  // namespace

std::span<const Block> wavelet_blocks() {
  static const Block kRows[] = {{.op = {.name = "wavelet",
                                        .summary = "distribution of each axis at several speeds: bursts, shocks, irregular rhythms",
                                        .attrs = WaveletAttrs{},
                                        .infer = infer,
                                        .eval = eval},
                                 .source = "dsp/wavelet.h",
                                 .scratch = scratch,
                                 .work = work,
                                 .soft_float = 18,
                                 .lower = lower}};
  return kRows;
}

}  // namespace thimble

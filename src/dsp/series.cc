#include "runtime/dsp/series.h"

#include "dsp/block.h"

namespace thimble {
namespace {

struct SeriesAttrs {
  int64_t points = 8, baseline = 1;
  bool values = true, differences = true, ratios = true, steps = true, span = true;
  double scale_axes = 1, offset = 0, least_baseline = 1e-3;
  template <class V>
  void fields(V&& v) {
    v("points", points, "parts of the window, each of which becomes its mean", between(1, 256));
    v("baseline", baseline, "samples at the beginning whose mean the others are compared with", at_least(1));
    v("values", values, "the means themselves");
    v("differences", differences, "less the baseline");
    v("ratios", ratios, "over the baseline: what a gas sensor's resistance is told by");
    v("steps", steps, "from each mean to the next");
    v("span", span, "from the least to the largest");
    v("scale_axes", scale_axes, "what every sample is multiplied by");
    v("offset", offset, "what is added after that: 273.15 makes ratios of degrees Celsius meaningful");
    v("least_baseline", least_baseline, "a baseline nearer to 0 is taken for this in ratios", at_least(1e-30));
  }
};

thimble_series_shape shape_of(const SeriesAttrs& a, const TensorType& x) {
  return {.samples = static_cast<int32_t>(x.shape[0]),
          .axes = static_cast<int32_t>(x.shape[1]),
          .points = static_cast<int32_t>(a.points),
          .baseline = static_cast<int32_t>(a.baseline),
          .values = a.values,
          .differences = a.differences,
          .ratios = a.ratios,
          .steps = a.steps,
          .span = a.span,
          .scale = static_cast<float>(a.scale_axes),
          .offset = static_cast<float>(a.offset),
          .least = static_cast<float>(a.least_baseline)};
}

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const auto& a = attrs.as<SeriesAttrs>();
  const TensorType& x = *in[0].type;
  expect(x.dtype == DType::F32 && x.rank() == 2, "the input must be floats [samples, axes]");
  expect(a.points <= x.shape[0], "points must not exceed the samples of the window");
  expect(a.baseline <= x.shape[0], "baseline must not exceed the samples of the window");
  const int64_t wanted = a.points * (a.values + a.differences + a.ratios) + (a.steps ? a.points - 1 : 0) + a.span;
  expect(wanted > 0, "series needs one kind of feature at least");
  return {{DType::F32, {1, x.shape[1] * wanted}, {}}};
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const thimble_series_shape shape = shape_of(attrs.as<SeriesAttrs>(), *in[0].type);
  thimble_series(in[0].as<const float>().data(), out[0].as<float>().data(), &shape);
}

double work(const Node& node, const Graph& graph) {
  const thimble_series_shape s = shape_of(node.attrs.as<SeriesAttrs>(), graph.type(node.in[0]));
  const double samples = s.samples, points = s.points;
  return s.axes * ((s.axes == 1 ? 6.1 : 7.4) * samples + 3.9 * samples / points + (s.ratios ? 51 : 37) * points + 37);
}

KernelCall lower(const Node& node, const Graph& graph) {
  const thimble_series_shape s = shape_of(node.attrs.as<SeriesAttrs>(), graph.type(node.in[0]));
  return KernelCall("thimble_series")
      .input(0)
      .output(0)
      .geometry("thimble_series_shape", {{"samples", c_literal(int64_t{s.samples})},
                                         {"axes", c_literal(int64_t{s.axes})},
                                         {"points", c_literal(int64_t{s.points})},
                                         {"baseline", c_literal(int64_t{s.baseline})},
                                         {"values", c_literal(int64_t{s.values})},
                                         {"differences", c_literal(int64_t{s.differences})},
                                         {"ratios", c_literal(int64_t{s.ratios})},
                                         {"steps", c_literal(int64_t{s.steps})},
                                         {"span", c_literal(int64_t{s.span})},
                                         {"scale", c_literal(s.scale)},
                                         {"offset", c_literal(s.offset)},
                                         {"least", c_literal(s.least)}});
}

}  // namespace

std::span<const Block> series_blocks() {
  static const Block kRows[] = {{.op = {.name = "series",
                                        .summary = "course of slow sensors (gas, temperature, humidity) against their baseline",
                                        .attrs = SeriesAttrs{},
                                        .infer = infer,
                                        .eval = eval},
                                 .source = "dsp/series.h",
                                 .work = work,
                                 .soft_float = 17.5,
                                 .lower = lower}};
  return kRows;
}

}  // namespace thimble

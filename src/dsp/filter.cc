#include "runtime/dsp/filter.h"

#include <fmt/format.h>

#include "dsp/block.h"
#include "dsp/sections.h"

namespace thimble {
namespace {

struct FilterAttrs {
  double rate = 100, low_cutoff = 0, high_cutoff = 0;
  int64_t order = 4;
  template <class V>
  void fields(V&& v) {
    v("rate", rate, "samples a second", at_least(1e-6));
    v("low_cutoff", low_cutoff, "Hz below which nothing passes; 0: all does", at_least(0));
    v("high_cutoff", high_cutoff, "Hz above which nothing passes; 0: all does", at_least(0));
    v("order", order, "of each of the two Butterworth filters, even: how steep they are", between(2, 8));
  }
};

/// High pass first.
std::vector<float> sections_of(const FilterAttrs& a) {
  std::vector<float> sections;
  if (a.low_cutoff > 0) sections = butterworth_high(a.order, a.low_cutoff / a.rate);
  if (a.high_cutoff > 0)
    for (const float number : butterworth_low(a.order, a.high_cutoff / a.rate)) sections.push_back(number);
  return sections;
}

thimble_filter_shape shape_of(const FilterAttrs& a, const TensorType& x) {
  return {.samples = static_cast<int32_t>(x.shape[0]),
          .axes = static_cast<int32_t>(x.shape[1]),
          .sections = static_cast<int32_t>(sections_of(a).size() / 4)};
}

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const auto& a = attrs.as<FilterAttrs>();
  const TensorType& x = *in[0].type;
  expect(x.dtype == DType::F32 && x.rank() == 2, "the input must be floats [samples, axes]");
  expect(a.order % 2 == 0, fmt::format("order = {} must be even", a.order));
  expect(a.low_cutoff > 0 || a.high_cutoff > 0, "a filter needs low_cutoff or high_cutoff");
  const double half = a.rate / 2;
  expect(a.low_cutoff < half, fmt::format("low_cutoff = {} must be below {} Hz, half the rate", a.low_cutoff, half));
  expect(a.high_cutoff < half, fmt::format("high_cutoff = {} must be below {} Hz, half the rate", a.high_cutoff, half));
  expect(a.high_cutoff == 0 || a.low_cutoff < a.high_cutoff,
         fmt::format("low_cutoff = {} must be below high_cutoff = {}", a.low_cutoff, a.high_cutoff));
  return {{DType::F32, x.shape, {}}};
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<FilterAttrs>();
  const thimble_filter_shape shape = shape_of(a, *in[0].type);
  thimble_filter(in[0].as<const float>().data(), out[0].as<float>().data(), sections_of(a).data(), &shape);
}

double work(const Node& node, const Graph& graph) {
  const TensorType& x = graph.type(node.in[0]);
  return 17.8 * shape_of(node.attrs.as<FilterAttrs>(), x).sections * static_cast<double>(x.elements());
}

KernelCall lower(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<FilterAttrs>();
  const thimble_filter_shape s = shape_of(a, graph.type(node.in[0]));
  return KernelCall("thimble_filter")
      .input(0)
      .output(0)
      .constant("sections", sections_of(a))
      .geometry(
          "thimble_filter_shape",
          {{"samples", c_literal(int64_t{s.samples})}, {"axes", c_literal(int64_t{s.axes})}, {"sections", c_literal(int64_t{s.sections})}});
}

}  // namespace

std::span<const Block> filter_blocks() {
  static const Block kRows[] = {{.op = {.name = "filter",
                                        .summary = "frequencies between two limits: Butterworth, from rest at each window",
                                        .attrs = FilterAttrs{},
                                        .infer = infer,
                                        .eval = eval},
                                 .source = "dsp/filter.h",
                                 .in_place = true,
                                 .work = work,
                                 .soft_float = 56.5,
                                 .lower = lower,
                                 .example_attrs = [] { return Attrs(FilterAttrs{.high_cutoff = 10}); }}};
  return kRows;
}

}  // namespace thimble

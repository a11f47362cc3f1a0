#include "runtime/dsp/flatten.h"

#include "dsp/block.h"

namespace thimble {
namespace {

struct FlattenAttrs {
  double scale_axes = 1;
  bool average = true, minimum = true, maximum = true, rms = true, stdev = true, skewness = true, kurtosis = true;
  template <class V>
  void fields(V&& v) {
    v("scale_axes", scale_axes, "what every sample is multiplied by");
    v("average", average, "the mean");
    v("minimum", minimum, "the smallest sample");
    v("maximum", maximum, "the largest sample");
    v("rms", rms, "the root of the mean square");
    v("stdev", stdev, "the standard deviation (of the population)");
    v("skewness", skewness, "how lopsided the distribution is");
    v("kurtosis", kurtosis, "how heavy its tails are; 0 for a normal one");
  }
};

thimble_flatten_shape shape_of(const FlattenAttrs& a, const TensorType& x) {
  return {.samples = static_cast<int32_t>(x.shape[0]),
          .axes = static_cast<int32_t>(x.shape[1]),
          .average = a.average,
          .minimum = a.minimum,
          .maximum = a.maximum,
          .rms = a.rms,
          .stdev = a.stdev,
          .skewness = a.skewness,
          .kurtosis = a.kurtosis,
          .scale = static_cast<float>(a.scale_axes)};
}
thimble_flatten_shape shape_at(const Node& node, const Graph& graph) {
  return shape_of(node.attrs.as<FlattenAttrs>(), graph.type(node.in[0]));
}

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const auto& a = attrs.as<FlattenAttrs>();
  const TensorType& x = *in[0].type;
  expect(x.dtype == DType::F32 && x.rank() == 2, "the input must be floats [samples, axes]");
  const int64_t wanted = a.average + a.minimum + a.maximum + a.rms + a.stdev + a.skewness + a.kurtosis;
  expect(wanted > 0, "flatten needs one statistic at least");
  return {{DType::F32, {1, x.shape[1] * wanted}, {}}};
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const thimble_flatten_shape shape = shape_of(attrs.as<FlattenAttrs>(), *in[0].type);
  thimble_flatten(in[0].as<const float>().data(), out[0].as<float>().data(), &shape);
}

double work(const Node& node, const Graph& graph) { return 34.0 * static_cast<double>(graph.type(node.in[0]).elements()); }

KernelCall lower(const Node& node, const Graph& graph) {
  const thimble_flatten_shape s = shape_at(node, graph);
  return KernelCall("thimble_flatten")
      .input(0)
      .output(0)
      .geometry("thimble_flatten_shape", {{"samples", c_literal(int64_t{s.samples})},
                                          {"axes", c_literal(int64_t{s.axes})},
                                          {"average", c_literal(int64_t{s.average})},
                                          {"minimum", c_literal(int64_t{s.minimum})},
                                          {"maximum", c_literal(int64_t{s.maximum})},
                                          {"rms", c_literal(int64_t{s.rms})},
                                          {"stdev", c_literal(int64_t{s.stdev})},
                                          {"skewness", c_literal(int64_t{s.skewness})},
                                          {"kurtosis", c_literal(int64_t{s.kurtosis})},
                                          {"scale", c_literal(s.scale)}});
}

}  // namespace

std::span<const Block> flatten_blocks() {
  static const Block kRows[] = {{.op = {.name = "flatten",
                                        .summary = "a few statistics of each axis: slow series such as temperature or gas",
                                        .attrs = FlattenAttrs{},
                                        .infer = infer,
                                        .eval = eval},
                                 .source = "dsp/flatten.h",
                                 .work = work,
                                 .soft_float = 38.5,
                                 .lower = lower}};
  return kRows;
}

}  // namespace thimble

#include "runtime/dsp/raw.h"

#include "dsp/block.h"

namespace thimble {
namespace {

struct RawAttrs {
  double scale_axes = 1;
  template <class V>
  void fields(V&& v) {
    v("scale_axes", scale_axes, "what every sample is multiplied by");
  }
};

thimble_raw_shape shape_of(const RawAttrs& a, const TensorType& x) {
  return {.values = static_cast<int32_t>(x.elements()), .scale = static_cast<float>(a.scale_axes)};
}

std::vector<TensorType> infer(const Attrs&, Inputs in) {
  const TensorType& x = *in[0].type;
  expect(x.dtype == DType::F32 && x.rank() == 2, "the input must be floats [samples, axes]");
  return {{DType::F32, {1, x.elements()}, {}}};
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const thimble_raw_shape shape = shape_of(attrs.as<RawAttrs>(), *in[0].type);
  thimble_raw(in[0].as<const float>().data(), out[0].as<float>().data(), &shape);
}

/// Nothing is left to do in place where nothing is scaled.
double work(const Node& node, const Graph& graph) {
  const thimble_raw_shape s = shape_of(node.attrs.as<RawAttrs>(), graph.type(node.in[0]));
  return s.scale == 1.0F ? 2.3 : 7.7 * s.values;
}

KernelCall lower(const Node& node, const Graph& graph) {
  const thimble_raw_shape s = shape_of(node.attrs.as<RawAttrs>(), graph.type(node.in[0]));
  return KernelCall("thimble_raw")
      .input(0)
      .output(0)
      .geometry("thimble_raw_shape", {{"values", c_literal(int64_t{s.values})}, {"scale", c_literal(s.scale)}});
}

}  // namespace

std::span<const Block> raw_blocks() {
  static const Block kRows[] = {{.op = {.name = "raw",
                                        .summary = "the samples as they are, one after the other: networks that find features themselves",
                                        .attrs = RawAttrs{},
                                        .infer = infer,
                                        .eval = eval},
                                 .source = "dsp/raw.h",
                                 .in_place = true,
                                 .work = work,
                                 .soft_float = 19.5,
                                 .lower = lower}};
  return kRows;
}

}  // namespace thimble

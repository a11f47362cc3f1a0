#include "runtime/dsp/decimate.h"

#include "dsp/block.h"
#include "dsp/sections.h"

namespace thimble {
namespace {

struct DecimateAttrs {
  int64_t ratio = 10;
  template <class V>
  void fields(V&& v) {
    v("ratio", ratio, "one of so many samples is kept; for more, decimate twice", between(2, 10));
  }
};

thimble_decimate_shape shape_of(const DecimateAttrs& a, const TensorType& x) {
  return {.samples = static_cast<int32_t>(x.shape[0]),
          .axes = static_cast<int32_t>(x.shape[1]),
          .ratio = static_cast<int32_t>(a.ratio),
          .sections = THIMBLE_DECIMATE_SECTIONS};
}

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const int64_t ratio = attrs.as<DecimateAttrs>().ratio;
  const TensorType& x = *in[0].type;
  expect(x.dtype == DType::F32 && x.rank() == 2, "the input must be floats [samples, axes]");
  return {{DType::F32, {(x.shape[0] + ratio - 1) / ratio, x.shape[1]}, {}}};
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<DecimateAttrs>();
  const thimble_decimate_shape shape = shape_of(a, *in[0].type);
  thimble_decimate(in[0].as<const float>().data(), out[0].as<float>().data(), decimator(a.ratio).data(), &shape);
}

double work(const Node& node, const Graph& graph) { return 89.0 * static_cast<double>(graph.type(node.in[0]).elements()); }

KernelCall lower(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<DecimateAttrs>();
  const thimble_decimate_shape s = shape_of(a, graph.type(node.in[0]));
  return KernelCall("thimble_decimate")
      .input(0)
      .output(0)
      .constant("sections", decimator(a.ratio))
      .geometry("thimble_decimate_shape", {{"samples", c_literal(int64_t{s.samples})},
                                           {"axes", c_literal(int64_t{s.axes})},
                                           {"ratio", c_literal(int64_t{s.ratio})},
                                           {"sections", c_literal(int64_t{s.sections})}});
}

}  // namespace

std::span<const Block> decimate_blocks() {
  static const Block kRows[] = {{.op = {.name = "decimate",
                                        .summary = "fewer samples a second, without what they could not hold",
                                        .attrs = DecimateAttrs{},
                                        .infer = infer,
                                        .eval = eval},
                                 .source = "dsp/decimate.h",
                                 .work = work,
                                 .soft_float = 45,
                                 .lower = lower}};
  return kRows;
}

}  // namespace thimble

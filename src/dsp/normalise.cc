#include "runtime/dsp/normalise.h"

#include <fmt/format.h>

#include "dsp/block.h"

namespace thimble {
namespace {

struct NormaliseAttrs {
  int64_t group = 3;
  bool centre = true, root = false;
  double least = 1e-3;
  template <class V>
  void fields(V&& v) {
    v("group", group, "axes that share one scale, as the three of a sensor do; 0: all", at_least(0));
    v("centre", centre, "each axis loses its mean first: gravity, an offset");
    v("root", root, "the root of each magnitude under its sign, so that what is weak counts beside what is strong");
    v("least", least, "added to the root mean square that is divided by, so that silence stays small", at_least(1e-9));
  }
};

thimble_normalise_shape shape_of(const NormaliseAttrs& a, const TensorType& x) {
  return {.samples = static_cast<int32_t>(x.shape[0]),
          .axes = static_cast<int32_t>(x.shape[1]),
          .group = static_cast<int32_t>(a.group == 0 ? x.shape[1] : a.group),
          .centred = a.centre,
          .root = a.root,
          .least = static_cast<float>(a.least)};
}

/// "1 or 2", "1, 3 or 9".
std::string divisors_of(int64_t count) {
  std::string text = "1";
  for (int64_t i = 2; i <= count; ++i)
    if (count % i == 0) text += fmt::format("{}{}", i == count ? " or " : ", ", i);
  return text;
}

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const TensorType& x = *in[0].type;
  expect(x.dtype == DType::F32 && x.rank() == 2, "the input must be floats [samples, axes]");
  const int64_t group = attrs.as<NormaliseAttrs>().group;
  expect(group == 0 || x.shape[1] % group == 0, fmt::format("group = {} does not part {} {}: take {}, or 0 for all together", group,
                                                            x.shape[1], x.shape[1] == 1 ? "axis" : "axes", divisors_of(x.shape[1])));
  return {x};
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const thimble_normalise_shape shape = shape_of(attrs.as<NormaliseAttrs>(), *in[0].type);
  thimble_normalise(in[0].as<const float>().data(), out[0].as<float>().data(), &shape);
}

double work(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<NormaliseAttrs>();
  return (26.1 + (a.centre ? 10.2 : 0) + (a.root ? 14.2 : 0)) * static_cast<double>(graph.type(node.in[0]).elements());
}

KernelCall lower(const Node& node, const Graph& graph) {
  const thimble_normalise_shape s = shape_of(node.attrs.as<NormaliseAttrs>(), graph.type(node.in[0]));
  return KernelCall("thimble_normalise")
      .input(0)
      .output(0)
      .geometry("thimble_normalise_shape", {{"samples", c_literal(int64_t{s.samples})},
                                            {"axes", c_literal(int64_t{s.axes})},
                                            {"group", c_literal(int64_t{s.group})},
                                            {"centred", c_literal(int64_t{s.centred})},
                                            {"root", c_literal(int64_t{s.root})},
                                            {"least", c_literal(s.least)}});
}

}  // namespace

std::span<const Block> normalise_blocks() {
  static const Block kRows[] = {{.op = {.name = "normalise",
                                        .summary = "a window brought to a scale of its own: the course of a movement, not its strength",
                                        .attrs = NormaliseAttrs{},
                                        .infer = infer,
                                        .eval = eval},
                                 .source = "dsp/normalise.h",
                                 .in_place = true,
                                 .work = work,
                                 .soft_float = 25.2,
                                 .lower = lower}};
  return kRows;
}

}  // namespace thimble

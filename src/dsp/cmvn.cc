#include "dsp/cmvn.h"

#include <fmt/format.h>

#include "dsp/block.h"

namespace thimble {

thimble_cmvn_shape cmvn_shape(int64_t rows, int64_t columns, int64_t win_size, double least_deviation) {
  return {.rows = static_cast<int32_t>(rows),
          .columns = static_cast<int32_t>(columns),
          .window = static_cast<int32_t>(win_size),
          .least = static_cast<float>(least_deviation)};
}

int64_t cmvn_scratch_floats(const thimble_cmvn_shape& s) { return 2 * (int64_t{s.rows} + s.window - 1); }

std::string cmvn_literal(const thimble_cmvn_shape& s) {
  return fmt::format("{{{}, {}, {}, {}}}", s.rows, s.columns, s.window, c_literal(s.least));
}

double cmvn_work(const thimble_cmvn_shape& s) { return double{1} * s.rows * s.columns * (19.0 * s.window + 80); }

namespace {

thimble_cmvn_shape shape_of(const CmvnAttrs& a, const TensorType& x) {
  return cmvn_shape(x.shape[0], x.shape[1], a.win_size, a.least_deviation);
}
thimble_cmvn_shape shape_at(const Node& node, const Graph& graph) { return shape_of(node.attrs.as<CmvnAttrs>(), graph.type(node.in[0])); }

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const TensorType& x = *in[0].type;
  expect(x.dtype == DType::F32 && x.rank() == 2, "the input must be floats [rows, columns]");
  expect(attrs.as<CmvnAttrs>().win_size % 2 == 1, "win_size must be odd");
  return {{DType::F32, {1, x.elements()}, {}}};
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const thimble_cmvn_shape shape = shape_of(attrs.as<CmvnAttrs>(), *in[0].type);
  std::vector<float> scratch(static_cast<size_t>(cmvn_scratch_floats(shape)));
  thimble_cmvn(in[0].as<const float>().data(), out[0].as<float>().data(), scratch.data(), &shape);
}

KernelCall lower(const Node& node, const Graph& graph) {
  const thimble_cmvn_shape s = shape_at(node, graph);
  return KernelCall("thimble_cmvn")
      .input(0)
      .output(0)
      .scratch()
      .geometry("thimble_cmvn_shape", {{"rows", c_literal(int64_t{s.rows})},
                                       {"columns", c_literal(int64_t{s.columns})},
                                       {"window", c_literal(int64_t{s.window})},
                                       {"least", c_literal(s.least)}});
}

}  // namespace

std::span<const Block> cmvn_blocks() {
  static const Block kRows[] = {
      {.op = {.name = "cmvn",
              .summary = "each column of rows of features brought to mean 0 and deviation 1 over time",
              .attrs = CmvnAttrs{},
              .infer = infer,
              .eval = eval},
       .source = "dsp/cmvn.h",
       .in_place = true,
       .scratch = [](const Node& node, const Graph& graph) -> int64_t { return 4 * cmvn_scratch_floats(shape_at(node, graph)); },
       .work = [](const Node& node, const Graph& graph) { return cmvn_work(shape_at(node, graph)); },
       .soft_float = 28,
       .lower = lower,
       .example = {49, 13}}};
  return kRows;
}

}  // namespace thimble

#include "ops/lstm.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

struct Options {
  std::string name;
  int64_t batches, steps, features, cells;
  LstmAttrs attrs{};
  int32_t state_zero = 0;
};

Shape input_shape(const Options& o) {
  return o.attrs.time_major ? Shape{o.steps, o.batches, o.features} : Shape{o.batches, o.steps, o.features};
}

OpCase float_case(const Options& o) {
  OpCase c{.name = "lstm/" + o.name, .graph = {}, .tolerance = 1e-5};
  c.graph.name = "lstm";
  std::vector<ValueId> in = {c.graph.add_input("x", {DType::F32, input_shape(o), {}})};
  for (uint32_t i = 0; i < 8; ++i)
    in.push_back(random_floats(c.graph, "w" + std::to_string(i), {o.cells, i < 4 ? o.features : o.cells}, 20 + i, 0.7));
  for (uint32_t g = 0; g < 4; ++g) in.push_back(random_floats(c.graph, "b" + std::to_string(g), {o.cells}, 40 + g, 0.5));
  in.push_back(c.graph.add_state("output_state", {DType::F32, {o.batches, o.cells}, {}}));
  in.push_back(c.graph.add_state("cell_state", {DType::F32, {o.batches, o.cells}, {}}));
  c.graph.outputs = {add_node(c.graph, "lstm", "y", in, o.attrs)};
  return c;
}

OpCase int8_case(const Options& o) {
  OpCase c{.name = "lstm/" + o.name, .graph = {}};
  c.graph.name = "lstm";
  const Quant state = per_tensor(0.0078125f, o.state_zero);
  std::vector<ValueId> in = {c.graph.add_input("x", {DType::I8, input_shape(o), per_tensor(0.02f, -5)})};
  for (uint32_t i = 0; i < 8; ++i)
    in.push_back(random_weights(c.graph, "w" + std::to_string(i), {o.cells, i < 4 ? o.features : o.cells}, -1, 20 + i));
  for (uint32_t g = 0; g < 4; ++g) in.push_back(random_bias(c.graph, "b" + std::to_string(g), o.cells, 40 + g));
  in.push_back(c.graph.add_state("output_state", {DType::I8, {o.batches, o.cells}, state}));
  in.push_back(c.graph.add_state("cell_state", {DType::I16, {o.batches, o.cells}, per_tensor(1.0f / 2048, 0)}));
  c.graph.outputs = {add_node(c.graph, "lstm", "y", in, o.attrs, {state})};
  return c;
}

}  // namespace

std::vector<OpCase> lstm_cases() {
  return {float_case({.name = "f32", .batches = 1, .steps = 5, .features = 3, .cells = 4}),
          float_case({.name = "batch2_f32", .batches = 2, .steps = 3, .features = 2, .cells = 3}),
          float_case({.name = "time_major_clip_f32",
                      .batches = 2,
                      .steps = 4,
                      .features = 3,
                      .cells = 2,
                      .attrs = {.time_major = true, .cell_clip = 0.4}}),
          int8_case({.name = "s8", .batches = 1, .steps = 6, .features = 5, .cells = 4}),
          int8_case({.name = "state_zero_s8", .batches = 1, .steps = 4, .features = 3, .cells = 5, .state_zero = 9}),
          int8_case({.name = "time_major_clip_s8",
                     .batches = 2,
                     .steps = 5,
                     .features = 4,
                     .cells = 3,
                     .attrs = {.time_major = true, .cell_clip = 0.3}})};
}

}  // namespace thimble::testing

#include "ops/concat.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase concat_case(std::string name, DType dtype, Quant quant, std::vector<Shape> shapes, int64_t axis) {
  OpCase c{.name = "concat/" + std::move(name), .graph = {}};
  c.graph.name = "concat";
  std::vector<ValueId> in;
  for (const Shape& shape : shapes) in.push_back(c.graph.add_input("x" + std::to_string(in.size()), {dtype, shape, quant}));
  c.graph.outputs = {add_node(c.graph, "concat", "y", in, ConcatAttrs{axis})};
  return c;
}

OpCase with_constant() {
  OpCase c = concat_case("s8_constant", DType::I8, per_tensor(0.1f, 4), {{1, 2, 3}}, 2);
  const std::vector<int8_t> values = {1, -2, 3, -4, 5, -6, 7, -8};
  const ValueId k = c.graph.add_constant<int8_t>("k", {1, 2, 4}, values, per_tensor(0.1f, 4));
  c.graph.outputs = {add_node(c.graph, "concat", "z", {c.graph.outputs[0], k}, ConcatAttrs{2})};
  return c;
}

}  // namespace

std::vector<OpCase> concat_cases() {
  return {concat_case("s8_channels", DType::I8, per_tensor(0.1f, 3), {{1, 3, 5, 2}, {1, 3, 5, 7}, {1, 3, 5, 1}}, 3),
          concat_case("s8_rows", DType::I8, per_tensor(0.1f, -3), {{1, 1, 5, 3}, {1, 4, 5, 3}}, 1),
          concat_case("s16", DType::I16, per_tensor(0.001f, 0), {{1, 2, 3}, {1, 2, 4}}, 2),
          concat_case("f32", DType::F32, {}, {{2, 3, 1}, {2, 5, 1}}, 1),
          concat_case("f32_one_input", DType::F32, {}, {{3, 2}}, 0),
          concat_case("s32_rank1", DType::I32, {}, {{3}, {4}, {1}, {2}}, 0),
          with_constant()};
}

}  // namespace thimble::testing

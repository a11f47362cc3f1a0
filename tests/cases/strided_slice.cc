#include "ops/strided_slice.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase slice_case(std::string name, TensorType type, StridedSliceAttrs attrs) {
  OpCase c{.name = "strided_slice/" + std::move(name), .graph = {}};
  c.graph.name = "strided_slice";
  const ValueId x = c.graph.add_input("x", std::move(type));
  c.graph.outputs = {add_node(c.graph, "strided_slice", "y", {x}, std::move(attrs))};
  return c;
}

}  // namespace

std::vector<OpCase> strided_slice_cases() {
  const Quant quant = per_tensor(0.1f, 3);
  return {slice_case("s8_part", {DType::I8, {1, 5, 7, 3}, quant}, {{0, 1, 2, 0}, {1, 3, 4, 3}, {1, 1, 1, 1}, {1, 3, 4, 3}}),
          slice_case("f32_part", {DType::F32, {7, 5}, {}}, {{2, 0}, {4, 5}, {1, 1}, {4, 5}}),
          slice_case("s8_steps", {DType::I8, {1, 7, 8, 3}, quant}, {{0, 1, 0, 0}, {1, 3, 3, 2}, {1, 2, 3, 2}, {1, 3, 3, 2}}),
          slice_case("f32_backwards", {DType::F32, {5, 7}, {}}, {{4, 6}, {5, 3}, {-1, -3}, {5, 3}}),
          slice_case("s8_drop_axis", {DType::I8, {3, 5, 2}, quant}, {{2, 1, 0}, {1, 3, 2}, {1, 1, 1}, {3, 2}}),
          slice_case("f32_drop_last", {DType::F32, {3, 5}, {}}, {{0, 4}, {3, 1}, {1, 1}, {3}}),
          slice_case("s32_one_number", {DType::I32, {5}, {}}, {{3}, {1}, {1}, {}})};
}

}  // namespace thimble::testing

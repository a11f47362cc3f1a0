#include "ops/transpose.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase transpose_case(std::string name, TensorType type, std::vector<int64_t> perm) {
  OpCase c{.name = "transpose/" + std::move(name), .graph = {}};
  c.graph.name = "transpose";
  const ValueId x = c.graph.add_input("x", std::move(type));
  c.graph.outputs = {add_node(c.graph, "transpose", "y", {x}, TransposeAttrs{std::move(perm)})};
  return c;
}

}  // namespace

std::vector<OpCase> transpose_cases() {
  const Quant quant = per_tensor(0.1f, 3);
  return {transpose_case("s8_nhwc_to_nchw", {DType::I8, {2, 3, 5, 7}, quant}, {0, 3, 1, 2}),
          transpose_case("s8_swap_rows", {DType::I8, {1, 3, 5, 7}, quant}, {0, 2, 1, 3}),
          transpose_case("f32_rank2", {DType::F32, {5, 3}, {}}, {1, 0}),
          transpose_case("f32_rank6", {DType::F32, {2, 3, 2, 3, 2, 3}, {}}, {5, 3, 4, 1, 2, 0}),
          transpose_case("s8_rank5", {DType::I8, {2, 3, 1, 5, 2}, quant}, {4, 2, 0, 3, 1}),
          transpose_case("s16_same", {DType::I16, {2, 3}, per_tensor(0.1f, 0)}, {0, 1})};
}

}  // namespace thimble::testing

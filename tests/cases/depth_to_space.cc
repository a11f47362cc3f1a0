#include "ops/depth_to_space.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase block_case(std::string op, std::string name, TensorType type, int64_t block) {
  OpCase c{.name = op + "/" + std::move(name), .graph = {}};
  c.graph.name = op;
  const ValueId x = c.graph.add_input("x", std::move(type));
  c.graph.outputs = {add_node(c.graph, op, "y", {x}, BlockAttrs{block})};
  return c;
}

}  // namespace

std::vector<OpCase> depth_to_space_cases() {
  const Quant quant = per_tensor(0.1f, 3);
  return {block_case("depth_to_space", "s8", {DType::I8, {1, 3, 5, 12}, quant}, 2),
          block_case("depth_to_space", "f32_block3", {DType::F32, {2, 2, 1, 9}, {}}, 3),
          block_case("space_to_depth", "s8", {DType::I8, {1, 6, 4, 3}, quant}, 2),
          block_case("space_to_depth", "f32_block3", {DType::F32, {2, 3, 6, 1}, {}}, 3)};
}

}  // namespace thimble::testing

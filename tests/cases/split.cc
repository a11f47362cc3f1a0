#include "ops/split.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase split_case(std::string name, TensorType type, SplitAttrs attrs) {
  OpCase c{.name = "split/" + std::move(name), .graph = {}};
  c.graph.name = "split";
  const ValueId x = c.graph.add_input("x", std::move(type));
  add_node(c.graph, "split", "y", {x}, std::move(attrs));
  c.graph.outputs = c.graph.nodes[0].out;
  return c;
}

}  // namespace

std::vector<OpCase> split_cases() {
  const Quant quant = per_tensor(0.1f, 3);
  return {split_case("s8_channels", {DType::I8, {1, 3, 5, 9}, quant}, {3, {3, 3, 3}}),
          split_case("s8_rows_uneven", {DType::I8, {1, 7, 5, 2}, quant}, {1, {1, 4, 2}}),
          split_case("f32", {DType::F32, {3, 8}, {}}, {1, {4, 4}}),
          split_case("f32_batch_uneven", {DType::F32, {5, 3, 2}, {}}, {0, {2, 3}}),
          split_case("s32_one_part", {DType::I32, {4, 3}, {}}, {1, {3}})};
}

}  // namespace thimble::testing

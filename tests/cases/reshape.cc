#include "ops/reshape.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase reshape_case(std::string name, const TensorType& type, Shape shape) {
  OpCase c{.name = "reshape/" + std::move(name), .graph = {}};
  c.graph.name = "reshape";
  const ValueId x = c.graph.add_input("x", type);
  c.graph.outputs = {add_node(c.graph, "reshape", "y", {x}, ReshapeAttrs{std::move(shape)})};
  return c;
}

}  // namespace

std::vector<OpCase> reshape_cases() {
  return {reshape_case("s8", {DType::I8, {1, 3, 5, 7}, per_tensor(0.1f, 3)}, {7, 15}),
          reshape_case("f32", {DType::F32, {6, 5}, {}}, {2, 1, 3, 5}),
          reshape_case("s16_flat", {DType::I16, {2, 3, 5}, per_tensor(0.1f, 0)}, {30}),
          reshape_case("s32", {DType::I32, {4, 3}, {}}, {3, 4}), reshape_case("bool", {DType::Bool, {1, 9}, {}}, {9})};
}

}  // namespace thimble::testing

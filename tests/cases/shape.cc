#include "ops/shape.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase shape_case(std::string name, TensorType type, bool wide) {
  OpCase c{.name = "shape/" + std::move(name), .graph = {}};
  c.graph.name = "shape_of";
  const ValueId x = c.graph.add_input("x", std::move(type));
  c.graph.outputs = {add_node(c.graph, "shape", "y", {x}, ShapeAttrs{wide})};
  return c;
}

}  // namespace

std::vector<OpCase> shape_cases() {
  return {shape_case("s8", {DType::I8, {1, 3, 5}, per_tensor(0.1f, 3)}, false), shape_case("f32_wide", {DType::F32, {2, 7}, {}}, true)};
}

}  // namespace thimble::testing

#include "ops/unpack.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase unpack_case(std::string name, TensorType type, int64_t axis) {
  OpCase c{.name = "unpack/" + std::move(name), .graph = {}};
  c.graph.name = "unpack";
  const ValueId x = c.graph.add_input("x", std::move(type));
  add_node(c.graph, "unpack", "y", {x}, UnpackAttrs{axis});
  c.graph.outputs = c.graph.nodes[0].out;
  return c;
}

}  // namespace

std::vector<OpCase> unpack_cases() {
  return {unpack_case("s8_first", {DType::I8, {3, 5, 2}, per_tensor(0.1f, 3)}, 0),
          unpack_case("s8_middle", {DType::I8, {2, 3, 5}, per_tensor(0.1f, 3)}, 1), unpack_case("f32_last", {DType::F32, {3, 5}, {}}, 1),
          unpack_case("s32_scalars", {DType::I32, {3}, {}}, 0)};
}

}  // namespace thimble::testing

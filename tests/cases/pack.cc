#include "ops/pack.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase pack_case(std::string name, const TensorType& type, int count, int64_t axis) {
  OpCase c{.name = "pack/" + std::move(name), .graph = {}};
  c.graph.name = "pack";
  std::vector<ValueId> in;
  for (int k = 0; k < count; ++k) in.push_back(c.graph.add_input("x" + std::to_string(k), type));
  c.graph.outputs = {add_node(c.graph, "pack", "y", in, PackAttrs{axis})};
  return c;
}

}  // namespace

std::vector<OpCase> pack_cases() {
  return {pack_case("s8_first", {DType::I8, {3, 5}, per_tensor(0.1f, 3)}, 3, 0),
          pack_case("s8_middle", {DType::I8, {2, 3, 5}, per_tensor(0.1f, 3)}, 2, 1), pack_case("f32_last", {DType::F32, {3, 5}, {}}, 4, 2),
          pack_case("s32_one", {DType::I32, {7}, {}}, 1, 0)};
}

}  // namespace thimble::testing

#include "ops/gather.h"

#include <cstring>

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase constant_case(std::string name, TensorType type, Shape shape, std::vector<int32_t> indices, int64_t axis) {
  OpCase c{.name = "gather/" + std::move(name), .graph = {}};
  c.graph.name = "gather";
  const ValueId x = c.graph.add_input("x", std::move(type));
  const ValueId i = c.graph.add_constant<int32_t>("indices", std::move(shape), indices);
  c.graph.outputs = {add_node(c.graph, "gather", "y", {x, i}, GatherAttrs{axis})};
  return c;
}

template <class T>
OpCase runtime_case(std::string name, TensorType type, int64_t axis, std::vector<std::vector<T>> records) {
  OpCase c{.name = "gather/" + std::move(name), .graph = {}};
  c.graph.name = "gather";
  const ValueId x = c.graph.add_input("x", type);
  const ValueId i = c.graph.add_input("indices", {dtype_of<T>(), {static_cast<int64_t>(records[0].size())}, {}});
  c.graph.outputs = {add_node(c.graph, "gather", "y", {x, i}, GatherAttrs{axis})};
  for (const auto& indices : records) {
    Buffer bytes(indices.size() * sizeof(T));
    std::memcpy(bytes.data(), indices.data(), bytes.size());
    c.inputs.push_back({random_contents(type, static_cast<uint32_t>(c.inputs.size()) + 1), bytes});
  }
  return c;
}

}  // namespace

std::vector<OpCase> gather_cases() {
  const Quant quant = per_tensor(0.1f, 3);
  return {constant_case("s8_channels", {DType::I8, {1, 3, 2, 5}, quant}, {3}, {4, 0, 4}, 3),
          constant_case("s8_rows", {DType::I8, {2, 5, 3}, quant}, {2, 2}, {4, 1, 0, 3}, 1),
          constant_case("f32_one", {DType::F32, {5, 3}, {}}, {}, {2}, 0),
          runtime_case<int32_t>("f32_runtime", {DType::F32, {2, 7, 3}, {}}, 1, {{6, 0, 2}, {3, 3, 5}}),
          runtime_case<int64_t>("s8_runtime_s64", {DType::I8, {7, 3}, quant}, 0, {{6, 0}, {1, 5}})};
}

}  // namespace thimble::testing

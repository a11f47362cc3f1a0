#include "ops/pad.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase pad_case(std::string name, TensorType type, PadAttrs attrs) {
  OpCase c{.name = "pad/" + std::move(name), .graph = {}};
  c.graph.name = "pad";
  const ValueId x = c.graph.add_input("x", std::move(type));
  c.graph.outputs = {add_node(c.graph, "pad", "y", {x}, std::move(attrs))};
  return c;
}

template <class T>
OpCase value_case(std::string name, TensorType type, T value, PadAttrs attrs) {
  OpCase c{.name = "pad/" + std::move(name), .graph = {}};
  c.graph.name = "pad";
  const Quant quant = type.quant;
  const ValueId x = c.graph.add_input("x", std::move(type));
  const ValueId v = c.graph.add_constant<T>("value", {1}, std::span<const T>(&value, 1), quant);
  c.graph.outputs = {add_node(c.graph, "pad", "y", {x, v}, std::move(attrs))};
  return c;
}

}  // namespace

std::vector<OpCase> pad_cases() {
  const Quant quant = per_tensor(0.1f, -7);
  return {pad_case("s8", {DType::I8, {1, 5, 3, 2}, quant}, {{0, 1, 2, 0}, {0, 2, 1, 0}}),
          pad_case("s8_rank5", {DType::I8, {1, 2, 3, 2, 3}, quant}, {{1, 0, 0, 1, 2}, {0, 1, 2, 0, 1}}),
          pad_case("s16", {DType::I16, {1, 4, 3, 2}, per_tensor(0.001f, 0)}, {{0, 1, 2, 0}, {0, 2, 1, 0}}),
          pad_case("f32", {DType::F32, {3, 5}, {}}, {{1, 0}, {0, 3}}),
          value_case<float>("f32_value", {DType::F32, {3, 2, 3}, {}}, 1.5f, {{1, 0, 2}, {0, 3, 0}}),
          value_case<int8_t>("s8_value", {DType::I8, {3, 7}, quant}, 11, {{1, 1}, {2, 0}}),
          value_case<int32_t>("s32_value", {DType::I32, {7}, {}}, 70000, {{2}, {3}}),
          pad_case("s8_reflect", {DType::I8, {1, 5, 4, 3}, quant}, {{0, 2, 3, 0}, {0, 4, 1, 0}, PadMode::Reflect}),
          pad_case("f32_reflect_all_axes", {DType::F32, {3, 4, 5}, {}}, {{2, 1, 4}, {1, 3, 2}, PadMode::Reflect}),
          pad_case("s8_symmetric", {DType::I8, {2, 3, 4, 2}, quant}, {{1, 3, 0, 2}, {2, 0, 4, 1}, PadMode::Symmetric}),
          pad_case("f32_symmetric_rank1", {DType::F32, {5}, {}}, {{5}, {2}, PadMode::Symmetric})};
}

}  // namespace thimble::testing

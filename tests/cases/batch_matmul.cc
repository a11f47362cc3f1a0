#include "ops/batch_matmul.h"

#include "cases/op_case.h"
#include "ops/fully_connected.h"

namespace thimble::testing {
namespace {

OpCase product(std::string name, DType dtype, Shape x, Shape y, BatchMatmulAttrs attrs, bool constant_right = false) {
  OpCase c{.name = "batch_matmul/" + std::move(name), .graph = {}, .tolerance = dtype == DType::F32 ? 1e-5 : 0};
  c.graph.name = "batch_matmul";
  const bool int8 = dtype == DType::I8;
  const ValueId left = c.graph.add_input("x", {dtype, std::move(x), int8 ? per_tensor(0.05f, -3) : Quant{}});
  const TensorType right_type{dtype, std::move(y), int8 ? per_tensor(0.04f, 6) : Quant{}};
  const ValueId right = constant_right ? c.graph.add_value({"y", right_type, make_bytes(random_contents(right_type, 7))})
                                       : c.graph.add_input("y", right_type);
  c.graph.outputs = {add_node(c.graph, "batch_matmul", "z", {left, right}, attrs, {int8 ? per_tensor(0.9f, -8) : Quant{}})};
  return c;
}

/// fully_connected with weights that are computed, not stored.
OpCase dense(std::string name, DType dtype, Activation activation) {
  OpCase c{.name = "fully_connected/" + std::move(name), .graph = {}, .tolerance = dtype == DType::F32 ? 1e-5 : 0};
  c.graph.name = "fully_connected";
  const bool int8 = dtype == DType::I8;
  const ValueId x = c.graph.add_input("x", {dtype, {3, 7}, int8 ? per_tensor(0.05f, -3) : Quant{}});
  const ValueId w = c.graph.add_input("w", {dtype, {4, 7}, int8 ? per_tensor(0.02f, 0) : Quant{}});
  const ValueId b = int8 ? random_bias(c.graph, "b", 4, 8) : random_floats(c.graph, "b", {4}, 8);
  c.graph.outputs = {
      add_node(c.graph, "fully_connected", "y", {x, w, b}, FullyConnectedAttrs{activation, false}, {int8 ? per_tensor(0.3f, 5) : Quant{}})};
  return c;
}

}  // namespace

std::vector<OpCase> batch_matmul_cases() {
  constexpr DType kInt8 = DType::I8, kFloat = DType::F32;
  return {product("s8", kInt8, {5, 7}, {7, 3}, {}),
          product("batch_s8", kInt8, {2, 5, 7}, {2, 7, 3}, {}),
          product("adj_x_s8", kInt8, {2, 7, 5}, {2, 7, 3}, {.adj_x = true}),
          product("adj_y_s8", kInt8, {2, 5, 7}, {2, 3, 7}, {.adj_y = true}),
          product("adj_both_constant_s8", kInt8, {7, 5}, {3, 7}, {.adj_x = true, .adj_y = true}, true),
          product("broadcast_s8", kInt8, {2, 1, 4, 6}, {3, 6, 2}, {}),
          product("f32", kFloat, {5, 7}, {7, 3}, {}),
          product("adj_x_batch_f32", kFloat, {2, 7, 5}, {2, 7, 3}, {.adj_x = true}),
          product("adj_y_constant_f32", kFloat, {2, 5, 7}, {3, 7}, {.adj_y = true}, true),
          product("broadcast_f32", kFloat, {2, 1, 4, 6}, {3, 6, 2}, {}),
          dense("computed_weights_s8", kInt8, Activation::Relu),
          dense("computed_weights_f32", kFloat, Activation::Relu6)};
}

}  // namespace thimble::testing

#include "ops/binary.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase make(const std::string& op, const std::string& name, TensorType a, TensorType b, Activation activation, Quant out) {
  OpCase c{.name = op + "/" + name, .graph = {}};
  c.graph.name = op;
  if (a.dtype == DType::F32) c.tolerance = 1e-5;
  const ValueId x = c.graph.add_input("a", std::move(a)), y = c.graph.add_input("b", std::move(b));
  c.graph.outputs = {add_node(c.graph, op, "y", {x, y}, BinaryAttrs{activation}, {std::move(out)})};
  return c;
}

TensorType s8(Shape shape, float scale, int32_t zero) { return {DType::I8, std::move(shape), per_tensor(scale, zero)}; }
TensorType s16(Shape shape, float scale) { return {DType::I16, std::move(shape), per_tensor(scale, 0)}; }
TensorType f32(Shape shape) { return {DType::F32, std::move(shape), {}}; }
TensorType s32(Shape shape) { return {DType::I32, std::move(shape), {}}; }

/// Every pair of int8 values.
OpCase all_pairs(const std::string& op, const std::string& name, Quant a, Quant b, Quant out, Activation activation = Activation::None) {
  OpCase c = make(op, name, {DType::I8, {256, 256}, std::move(a)}, {DType::I8, {256, 256}, std::move(b)}, activation, std::move(out));
  Buffer left(65536), right(65536);
  for (size_t i = 0; i < left.size(); ++i) {
    left[i] = static_cast<std::byte>(i >> 8);
    right[i] = static_cast<std::byte>(i & 255);
  }
  c.inputs = {{left, right}};
  return c;
}

/// The second operand is a constant, as models have it.
OpCase with_constant(const std::string& op, const std::string& name, Shape shape, Shape constant) {
  OpCase c{.name = op + "/" + name, .graph = {}};
  c.graph.name = op;
  const TensorType type = s8(std::move(constant), 0.03f, 4);
  const ValueId x = c.graph.add_input("a", s8(std::move(shape), 0.05f, -3));
  const ValueId k = c.graph.add_value({"k", type, make_bytes(random_contents(type, 5))});
  c.graph.outputs = {add_node(c.graph, op, "y", {x, k}, BinaryAttrs{}, {per_tensor(0.06f, 7)})};
  return c;
}

void add_rescaled(std::vector<OpCase>& cases, const std::string& op) {
  const Quant a = per_tensor(0.05f, -3), b = per_tensor(0.031f, 20), out = per_tensor(0.07f, 5);
  cases.push_back(all_pairs(op, "s8_all_pairs", a, b, out));
  cases.push_back(all_pairs(op, "s8_same_scale_all_pairs", a, a, a));
  cases.push_back(all_pairs(op, "s8_far_scales_all_pairs", per_tensor(0.5f, -128), per_tensor(0.0007f, 127), per_tensor(0.4f, -128)));
  cases.push_back(all_pairs(op, "s8_relu_all_pairs", a, b, per_tensor(0.04f, -128), Activation::Relu));
  cases.push_back(all_pairs(op, "s8_relu6_all_pairs", a, b, per_tensor(0.04f, -20), Activation::Relu6));
  cases.push_back(make(op, "s8_scalar", s8({2, 5, 3}, 0.05f, -3), s8({1}, 0.02f, 9), Activation::None, out));
  cases.push_back(make(op, "s8_scalar_first", s8({}, 0.05f, -3), s8({4, 7}, 0.02f, 9), Activation::None, out));
  cases.push_back(make(op, "s8_rows", s8({2, 3, 4, 5}, 0.05f, -3), s8({5}, 0.02f, 9), Activation::None, out));
  cases.push_back(make(op, "s8_columns", s8({2, 3, 4}, 0.05f, -3), s8({2, 3, 1}, 0.02f, 9), Activation::None, out));
  cases.push_back(make(op, "s8_outer", s8({4, 1}, 0.05f, -3), s8({1, 6}, 0.02f, 9), Activation::None, out));
  cases.push_back(with_constant(op, "s8_constant", {3, 4}, {3, 4}));
  cases.push_back(with_constant(op, "s8_constant_channels", {1, 3, 3, 8}, {8}));
}

void add_int16(std::vector<OpCase>& cases, const std::string& op) {
  const Quant out = op == "mul" ? per_tensor(0.0006f, 0) : per_tensor(0.0004f, 0);
  cases.push_back(make(op, "s16", s16({20, 50}, 0.0003f), s16({20, 50}, 0.0001f), Activation::None, out));
  cases.push_back(make(op, "s16_relu", s16({300}, 0.0002f), s16({300}, 0.0002f), Activation::Relu, out));
  cases.push_back(make(op, "s16_far_scales", s16({300}, 0.01f), s16({300}, 0.00001f), Activation::None, per_tensor(0.013f, 0)));
  cases.push_back(make(op, "s16_rows", s16({2, 3, 4, 5}, 0.0003f), s16({3, 1, 5}, 0.0001f), Activation::None, out));
}

void add_compared(std::vector<OpCase>& cases, const std::string& op) {
  const Quant same = per_tensor(0.05f, -3);
  cases.push_back(all_pairs(op, "s8_all_pairs", same, same, same));
  cases.push_back(make(op, "s8_rows", s8({3, 5}, 0.05f, -3), s8({5}, 0.05f, -3), Activation::None, same));
}

}  // namespace

std::vector<OpCase> binary_cases() {
  std::vector<OpCase> cases;
  for (const char* op : {"add", "sub", "mul"}) {
    add_rescaled(cases, op);
    add_int16(cases, op);
  }
  for (const char* op : {"minimum", "maximum"}) {
    add_compared(cases, op);
    cases.push_back(make(op, "s16", s16({30, 9}, 0.0003f), s16({30, 9}, 0.0003f), Activation::None, per_tensor(0.0003f, 0)));
    cases.push_back(make(op, "s16_rows", s16({3, 5}, 0.0003f), s16({5}, 0.0003f), Activation::None, per_tensor(0.0003f, 0)));
  }
  for (const char* op : {"add", "sub", "mul", "div", "squared_difference", "minimum", "maximum"}) {
    cases.push_back(make(op, "f32", f32({3, 7}), f32({3, 7}), Activation::None, {}));
    cases.push_back(make(op, "f32_broadcast", f32({2, 1, 4, 3}), f32({5, 1, 3}), Activation::None, {}));
  }
  for (const char* op : {"add", "sub", "mul", "div"}) cases.push_back(make(op, "f32_relu6", f32({40}), f32({40}), Activation::Relu6, {}));
  for (const char* op : {"add", "sub", "mul", "squared_difference", "minimum", "maximum"}) {
    cases.push_back(make(op, "s32", s32({3, 7}), s32({3, 7}), Activation::None, {}));
    cases.push_back(make(op, "s32_broadcast", s32({3, 7}), s32({3, 1}), Activation::None, {}));
  }
  cases.push_back(make("add", "f32_six_axes", f32({2, 1, 2, 1, 2, 1}), f32({1, 3, 1, 2, 1, 2}), Activation::None, {}));
  return cases;
}

}  // namespace thimble::testing

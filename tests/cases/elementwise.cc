#include "ops/elementwise.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase make(const std::string& op, const std::string& name, TensorType in, Quant out, Attrs attrs) {
  OpCase c{.name = op + "/" + name, .graph = {}};
  c.graph.name = op;
  const ValueId x = c.graph.add_input("x", std::move(in));
  c.graph.outputs = {add_node(c.graph, op, "y", {x}, std::move(attrs), {std::move(out)})};
  return c;
}

/// All 256 values of int8 at or above the zero point of the input (or all there are), in one record.
OpCase int8(const std::string& op, const std::string& name, Quant in, Quant out, Attrs attrs = {}, bool from_zero = false) {
  OpCase c = make(op, name, {DType::I8, {2, 128}, in}, std::move(out), std::move(attrs));
  Buffer all(256);
  for (size_t i = 0; i < all.size(); ++i) {
    const int value = static_cast<int>(i) - 128;
    all[i] = static_cast<std::byte>(from_zero ? std::max(value, in.zero[0]) : value);
  }
  c.inputs = {{all}};
  return c;
}

/// Every 11th value of int16, both ends among them, in one record.
OpCase int16(const std::string& op, const std::string& name, float in, float out = 1.0f / 32768, Attrs attrs = {}) {
  constexpr int kEvery = 11, kCount = 65536 / kEvery + 2;
  OpCase c = make(op, name, {DType::I16, {kCount}, per_tensor(in, 0)}, per_tensor(out, 0), std::move(attrs));
  std::vector<int16_t> all;
  for (int value = -32768; value < 32768; value += kEvery) all.push_back(static_cast<int16_t>(value));
  all.resize(kCount, 32767);
  const auto bytes = std::as_bytes(std::span(all));
  c.inputs = {{Buffer(bytes.begin(), bytes.end())}};
  return c;
}

/// Random floats; `positive` ones for functions that are not defined below zero.
OpCase float32(const std::string& op, const std::string& name, double range, Attrs attrs = {}, bool positive = false) {
  OpCase c = make(op, name, {DType::F32, {3, 37}, {}}, {}, std::move(attrs));
  c.tolerance = 1e-5;
  for (uint32_t record = 0; record < 4; ++record) {
    Buffer buffer = random_contents(c.graph.type(c.graph.inputs[0]), record + 1, range);
    if (positive)
      for (size_t i = 3; i < buffer.size(); i += 4) buffer[i] &= std::byte{0x7f};
    c.inputs.push_back({std::move(buffer)});
  }
  return c;
}

OpCase int32(const std::string& op) { return make(op, "s32", {DType::I32, {4, 9}, {}}, {}, {}); }

OpCase without_tflite(OpCase c) {
  c.tflite = false;
  return c;
}

void add_clamps(std::vector<OpCase>& cases) {
  for (const char* op : {"relu", "relu6", "relu_n1_to_1", "relu_0_to_1"}) {
    cases.push_back(int8(op, "s8_same_scale", per_tensor(0.05f, -3), per_tensor(0.05f, -3)));
    cases.push_back(int8(op, "s8_finer", per_tensor(0.07f, 11), per_tensor(0.031f, -128)));
    cases.push_back(int8(op, "s8_coarser", per_tensor(0.013f, -100), per_tensor(0.5f, 7)));
    cases.push_back(float32(op, "f32", 9));
  }
  for (const char* op : {"relu", "relu6"}) {
    cases.push_back(int16(op, "s16_same_scale", 0.0004f, 0.0004f));
    cases.push_back(int16(op, "s16_finer", 0.0004f, 0.0003f));
    cases.push_back(int16(op, "s16_coarser", 0.0002f, 0.013f));
  }
}

void add_tabled(std::vector<OpCase>& cases) {
  const Quant unit = per_tensor(1.0f / 256, -128), symmetric = per_tensor(1.0f / 128, 0);
  cases.push_back(int8("logistic", "s8", per_tensor(0.047f, 10), unit));
  cases.push_back(int8("logistic", "s8_coarse", per_tensor(0.31f, -77), unit));
  for (const char* op : {"logistic", "tanh"}) {
    cases.push_back(int16(op, "s16", 1.0f / 4096));
    cases.push_back(int16(op, "s16_nearly_a_power_of_two", 1.0004f / 4096));
    cases.push_back(int16(op, "s16_twice_the_power", 1.0004f / 2048));
    cases.push_back(int16(op, "s16_any_scale", 0.0007f));
    cases.push_back(int16(op, "s16_fine_scale", 0.0000123f));
    cases.push_back(int16(op, "s16_coarse_scale", 1.3f));
  }
  cases.push_back(float32("logistic", "f32", 30));
  cases.push_back(int8("tanh", "s8", per_tensor(0.021f, -4), symmetric));
  cases.push_back(int8("tanh", "s8_coarse", per_tensor(0.19f, 100), symmetric));
  cases.push_back(float32("tanh", "f32", 6));
  cases.push_back(int8("elu", "s8", per_tensor(0.05f, 20), per_tensor(0.041f, -100)));
  cases.push_back(float32("elu", "f32", 4));
  cases.push_back(int8("exp", "s8", per_tensor(0.02f, 30), per_tensor(0.05f, -128)));
  cases.push_back(float32("exp", "f32", 40));
  cases.push_back(int8("log", "s8", per_tensor(0.1f, -128), per_tensor(0.03f, 20), {}, true));
  cases.push_back(float32("log", "f32", 100, {}, true));
  for (bool approximate : {false, true}) {
    const std::string suffix = approximate ? "_approximate" : "";
    cases.push_back(int8("gelu", "s8" + suffix, per_tensor(0.04f, 3), per_tensor(0.025f, -110), GeluAttrs{approximate}));
    cases.push_back(float32("gelu", "f32" + suffix, 3, GeluAttrs{approximate}));
  }
}

void add_own_arithmetic(std::vector<OpCase>& cases) {
  cases.push_back(int8("leaky_relu", "s8", per_tensor(0.05f, -3), per_tensor(0.033f, 40), LeakyReluAttrs{0.1}));
  cases.push_back(int8("leaky_relu", "s8_steep", per_tensor(0.05f, 90), per_tensor(0.07f, 40), LeakyReluAttrs{1.7}));
  cases.push_back(int16("leaky_relu", "s16", 0.0004f, 0.0003f, LeakyReluAttrs{0.1}));
  cases.push_back(int16("leaky_relu", "s16_steep", 0.0002f, 0.0007f, LeakyReluAttrs{1.7}));
  cases.push_back(float32("leaky_relu", "f32", 4, LeakyReluAttrs{0.3}));
  cases.push_back(int8("hard_swish", "s8", per_tensor(0.05f, -3), per_tensor(0.04f, -115)));
  cases.push_back(int8("hard_swish", "s8_wide", per_tensor(0.4f, 20), per_tensor(0.3f, -100)));
  cases.push_back(int8("hard_swish", "s8_narrow", per_tensor(0.01f, 0), per_tensor(0.008f, -60)));
  cases.push_back(float32("hard_swish", "f32", 6));
  cases.push_back(int8("abs", "s8_same_scale", per_tensor(0.05f, -3), per_tensor(0.05f, -128)));
  cases.push_back(int8("abs", "s8", per_tensor(0.05f, 17), per_tensor(0.021f, -100)));
  cases.push_back(float32("abs", "f32", 4));
  cases.push_back(int32("abs"));
  cases.push_back(int8("sqrt", "s8", per_tensor(0.1f, -128), per_tensor(0.02f, -128), {}, true));
  cases.push_back(float32("sqrt", "f32", 50, {}, true));
  cases.push_back(int8("rsqrt", "s8", per_tensor(0.1f, -128), per_tensor(0.013f, -128), {}, true));
  cases.push_back(int8("rsqrt", "s8_offset", per_tensor(0.7f, -20), per_tensor(0.009f, -10), {}, true));
  cases.push_back(float32("rsqrt", "f32", 50, {}, true));
}

/// Ops that TFLite has in float only; int8 and int32 forms are ours.
void add_float_only(std::vector<OpCase>& cases) {
  for (const char* op : {"sin", "cos", "square", "neg", "floor", "ceil", "round"}) {
    cases.push_back(without_tflite(int8(op, "s8", per_tensor(0.05f, -3), per_tensor(0.06f, 5))));
    cases.push_back(float32(op, "f32", 7));
  }
  cases.push_back(float32("sin", "f32_large", 1e6));
  cases.push_back(int32("neg"));
  cases.push_back(without_tflite(int32("square")));
}

}  // namespace

std::vector<OpCase> elementwise_cases() {
  std::vector<OpCase> cases;
  add_clamps(cases);
  add_tabled(cases);
  add_own_arithmetic(cases);
  add_float_only(cases);
  return cases;
}

}  // namespace thimble::testing

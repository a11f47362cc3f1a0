#include "ops/quantize.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase make(std::string op, std::string name, TensorType in, Attrs attrs, Quant out) {
  OpCase c{.name = op + "/" + std::move(name), .graph = {}};
  c.graph.name = op;
  const ValueId x = c.graph.add_input("x", std::move(in));
  c.graph.outputs = {add_node(c.graph, op, "y", {x}, std::move(attrs), {std::move(out)})};
  return c;
}

OpCase quantize(std::string name, TensorType in, DType to, Quant out) {
  OpCase c = make("quantize", std::move(name), std::move(in), QuantizeAttrs{to}, std::move(out));
  c.records = 8;
  return c;
}
OpCase cast(DType from, DType to, bool tflite = true) {
  OpCase c = make("cast", std::string(name_of(from)) + "_to_" + std::string(name_of(to)), {from, {5, 7}, {}}, CastAttrs{to}, {});
  c.tflite = tflite;
  return c;
}

/// Ties, both infinities, values far outside, and the zeros.
OpCase quantize_edges() {
  OpCase c = quantize("f32_edges", {DType::F32, {8}, {}}, DType::I8, per_tensor(0.5f, -3));
  const float x[] = {0.25f, -0.25f, 0.75f, -0.75f, 1e30f, -1e30f, 62.4f, -0.0f};
  const int8_t y[] = {-2, -4, -1, -5, 127, -128, 122, -3};
  const auto in = std::as_bytes(std::span(x));
  const auto out = std::as_bytes(std::span(y));
  c.inputs = {{Buffer(in.begin(), in.end())}};
  c.expected = {{Buffer(out.begin(), out.end())}};
  c.tflite = false;  // the reference converts floats that no int32 can hold, which C leaves undefined
  return c;
}

}  // namespace

std::vector<OpCase> quantize_cases() {
  const auto i8 = [](float scale, int32_t zero) { return TensorType{DType::I8, {4, 65}, per_tensor(scale, zero)}; };
  const auto u8 = [](float scale, int32_t zero) { return TensorType{DType::U8, {4, 65}, per_tensor(scale, zero)}; };
  const TensorType f32{DType::F32, {3, 31}, {}}, i16{DType::I16, {3, 31}, per_tensor(0.0003f, 0)};
  return {quantize("f32_to_s8", f32, DType::I8, per_tensor(0.017f, 5)),
          quantize("f32_to_u8", f32, DType::U8, per_tensor(0.017f, 131)),
          quantize("f32_to_s16", f32, DType::I16, per_tensor(0.00006f, 0)),
          quantize_edges(),
          quantize("s8_to_s8_finer", i8(0.05f, -3), DType::I8, per_tensor(0.021f, 17)),
          quantize("s8_to_s8_coarser", i8(0.05f, -3), DType::I8, per_tensor(0.11f, -60)),
          quantize("s8_to_u8", i8(0.05f, -3), DType::U8, per_tensor(0.05f, 125)),
          quantize("u8_to_s8", u8(0.3f, 100), DType::I8, per_tensor(0.31f, -20)),
          quantize("u8_to_s8_shifted", u8(0.3f, 128), DType::I8, per_tensor(0.3f, 0)),
          quantize("s16_to_s8", i16, DType::I8, per_tensor(0.08f, 4)),
          quantize("s16_to_s16", i16, DType::I16, per_tensor(0.0005f, 0)),
          make("dequantize", "s8", i8(0.05f, -3), {}, {}),
          make("dequantize", "u8", u8(0.013f, 77), {}, {}),
          make("dequantize", "s16", i16, {}, {}),
          cast(DType::F32, DType::I32),
          cast(DType::F32, DType::I8),
          cast(DType::F32, DType::Bool),
          cast(DType::I32, DType::F32),
          cast(DType::I32, DType::I8),
          cast(DType::I32, DType::Bool),
          cast(DType::I8, DType::F32),
          cast(DType::I8, DType::I32),
          cast(DType::U8, DType::F32),
          cast(DType::Bool, DType::F32),
          cast(DType::I64, DType::I32),
          cast(DType::I16, DType::F32)};
}

}  // namespace thimble::testing

#include "ops/quantize.h"

#include <algorithm>
#include <cmath>

#include "ops/checks.h"
#include "ops/int16_functions.h"
#include "ops/int16_types.h"

namespace thimble {
namespace {

/// Calls `f` with a value of the C++ type that stands for `dtype`; a bool is a byte.
template <class F>
void with_type(DType dtype, const F& f) {
  switch (dtype) {
    case DType::F32: return f(float{});
    case DType::I8: return f(int8_t{});
    case DType::U8:
    case DType::Bool: return f(uint8_t{});
    case DType::I16: return f(int16_t{});
    case DType::I32: return f(int32_t{});
    case DType::I64: return f(int64_t{});
  }
}

template <class T>
std::span<T> elements(const TensorView& tensor) {
  return {reinterpret_cast<T*>(tensor.data), static_cast<size_t>(tensor.type->elements())};
}

std::vector<TensorType> infer_quantize(const Attrs& attrs, Inputs in) {
  const TensorType& x = *in[0].type;
  const DType to = attrs.as<QuantizeAttrs>().to;
  expect_dtype("quantize", x.dtype, {DType::F32, DType::I8, DType::U8, DType::I16});
  expect(to == DType::I8 || to == DType::U8 || to == DType::I16, "quantize gives i8, u8 or i16, not " + std::string(name_of(to)));
  if (x.dtype != DType::F32) scale_of(x);
  return {{to, x.shape, {}}};
}

std::vector<TensorType> infer_dequantize(const Attrs&, Inputs in) {
  const TensorType& x = *in[0].type;
  expect_dtype("dequantize", x.dtype, {DType::I8, DType::U8, DType::I16, DType::I32});
  expect(x.quant.quantised(), "dequantize needs an operand with a scale");
  return {{DType::F32, x.shape, {}}};
}

std::vector<TensorType> infer_cast(const Attrs& attrs, Inputs in) { return {{attrs.as<CastAttrs>().to, in[0].type->shape, {}}}; }

/// The reference divides in float and rounds ties away from zero; what does not fit is limited first, and NaN becomes the least integer.
void quantize_floats(const TensorView& in, const TensorView& out) {
  const float scale = scale_of(*out.type);
  const int32_t zero = zero_of(*out.type);
  const auto x = in.as<const float>();
  with_type(out.type->dtype, [&](auto sample) {
    const auto y = elements<decltype(sample)>(out);
    for (size_t i = 0; i < x.size(); ++i) {
      const float steps = x[i] / scale;
      const float limited = steps >= -65536.0f ? std::min(steps, 65536.0f) : -65536.0f;
      y[i] = saturate<decltype(sample)>(static_cast<int32_t>(std::round(limited)) + zero);
    }
  });
}

void requantize_integers(const TensorView& in, const TensorView& out) {
  const Multiplier multiplier = rescaling(*in.type, *out.type);
  const int32_t in_zero = zero_of(*in.type), out_zero = zero_of(*out.type);
  const std::vector<int64_t> x = to_int64(in);
  with_type(out.type->dtype, [&](auto sample) {
    const auto y = elements<decltype(sample)>(out);
    for (size_t i = 0; i < x.size(); ++i)
      y[i] = saturate<decltype(sample)>(thimble::requantize(static_cast<int32_t>(x[i]) - in_zero, multiplier) + out_zero);
  });
}

void eval_quantize(const Attrs&, Inputs in, Outputs out) {
  in[0].type->dtype == DType::F32 ? quantize_floats(in[0], out[0]) : requantize_integers(in[0], out[0]);
}

void eval_dequantize(const Attrs&, Inputs in, Outputs out) {
  const TensorType& type = *in[0].type;
  const std::vector<int64_t> x = to_int64(in[0]);
  const auto y = out[0].as<float>();
  size_t inner = 1;  // elements between two steps along the axis of the scales
  for (int64_t d = type.quant.axis + 1; d < type.rank(); ++d) inner *= static_cast<size_t>(type.shape[static_cast<size_t>(d)]);
  for (size_t i = 0; i < x.size(); ++i) {
    const size_t c = type.quant.per_channel() ? i / inner % type.quant.scale.size() : 0;
    y[i] = static_cast<float>(static_cast<double>(type.quant.scale[c]) * static_cast<double>(x[i] - type.quant.zero[c]));
  }
}

/// As C does, but floats beyond an integer's range are limited to it, and NaN becomes 0.
template <class T, class U>
U cast_one(T value, bool to_bool) {
  if (to_bool) return static_cast<U>(value != T{});
  if constexpr (std::is_floating_point_v<T> && !std::is_floating_point_v<U>)
    return std::isnan(value) ? U{} : saturate<U>(value);
  else
    return static_cast<U>(value);
}

void eval_cast(const Attrs&, Inputs in, Outputs out) {
  const bool to_bool = out[0].type->dtype == DType::Bool;
  with_type(in[0].type->dtype, [&](auto from) {
    with_type(out[0].type->dtype, [&](auto to) {
      const auto x = elements<const decltype(from)>(in[0]);
      const auto y = elements<decltype(to)>(out[0]);
      for (size_t i = 0; i < x.size(); ++i) y[i] = cast_one<decltype(from), decltype(to)>(x[i], to_bool);
    });
  });
}

DType output_dtype(const ForeignNode& node, const ForeignGraph& graph) {
  return graph.tensors[static_cast<size_t>(node.out[0])].type.dtype;
}

Translated read_quantize(const ForeignNode& node, const ForeignGraph& graph) {
  if (const auto types = int16_types(node, graph, 1); !types.empty()) rescaling(types[0], types[1]);
  return {QuantizeAttrs{output_dtype(node, graph)}, node.in};
}
bool write_quantize(const Attrs&, ForeignNode& node, ForeignGraph&) {
  node.version = 2;
  return true;
}
bool write_dequantize(const Attrs&, ForeignNode& node, ForeignGraph&) {
  node.version = 2;
  return true;
}

constexpr std::string_view kForeignTypes[] = {"FLOAT32", "INT8", "UINT8", "INT16", "INT32", "INT64", "BOOL"};
Translated read_cast(const ForeignNode& node, const ForeignGraph& graph) { return {CastAttrs{output_dtype(node, graph)}, node.in}; }
bool write_cast(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  const DType from = graph.operand(node, 0)->type.dtype;
  node.attrs = {{"in_data_type", std::string(kForeignTypes[static_cast<size_t>(from)])},
                {"out_data_type", std::string(kForeignTypes[static_cast<size_t>(attrs.as<CastAttrs>().to)])}};
  return true;
}

constexpr ForeignMap kQuantize[] = {{"QUANTIZE", read_quantize, write_quantize}};
constexpr ForeignMap kDequantize[] = {{"DEQUANTIZE", nullptr, write_dequantize}};
constexpr ForeignMap kCast[] = {{"CAST", read_cast, write_cast}};

}  // namespace

Multiplier rescaling(const TensorType& from, const TensorType& to) {
  const Multiplier multiplier = quantize_multiplier(static_cast<double>(scale_of(from)) / static_cast<double>(scale_of(to)));
  if (from.dtype == DType::I16) expect_int16_fits("quantize", multiplier, 15, scale_of(from), to);  // less the zero point: 17 bits
  return multiplier;
}

std::span<const OpDef> quantize_ops() {
  static const OpDef kOps[] = {{.name = "quantize",
                                .summary = "reals to integers of a scale, or integers from one scale to another",
                                .attrs = QuantizeAttrs{},
                                .infer = infer_quantize,
                                .eval = eval_quantize,
                                .tflite = kQuantize},
                               {.name = "dequantize",
                                .summary = "integers of a scale to reals",
                                .infer = infer_dequantize,
                                .eval = eval_dequantize,
                                .tflite = kDequantize},
                               {.name = "cast",
                                .summary = "another element type for the same numbers",
                                .attrs = CastAttrs{},
                                .infer = infer_cast,
                                .eval = eval_cast,
                                .tflite = kCast}};
  return kOps;
}

}  // namespace thimble

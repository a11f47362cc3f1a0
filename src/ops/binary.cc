#include "ops/binary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ops/broadcast.h"
#include "ops/checks.h"
#include "ops/indexing.h"
#include "ops/int16_types.h"
#include "ops/op_name.h"

namespace thimble {
namespace {

/// What becomes of int8 and int16 operands; those taken as they are need one scale.
enum class Quantised { Refused, Rescaled, AsIs };

bool is_quantised(DType dtype) { return dtype == DType::I8 || dtype == DType::I16; }

void expect_one_scale(std::string_view op, const TensorType& a, const TensorType& b) {
  expect(same_quant(a, b), fmt::format("{} needs {} operands and a result of one scale and zero point: quantise the model again", op,
                                       a.dtype == DType::I8 ? "int8" : "int16"));
}

template <OpName kOp, Quantised kQuantised, bool kInt32>
std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const TensorType &a = *in[0].type, &b = *in[1].type;
  expect(a.dtype == b.dtype, "both operands must have one element type; here they are " + std::string(name_of(a.dtype)) + " and " +
                                 std::string(name_of(b.dtype)));
  if constexpr (kQuantised == Quantised::Refused && !kInt32)
    expect_dtype(kOp.view(), a.dtype, {DType::F32});
  else if constexpr (kQuantised == Quantised::Refused)
    expect_dtype(kOp.view(), a.dtype, {DType::F32, DType::I32});
  else
    expect_dtype(kOp.view(), a.dtype, {DType::F32, DType::I8, DType::I16, DType::I32});
  const Shape shape = broadcast(a.shape, b.shape);
  checked_elements(shape);
  if (!is_quantised(a.dtype)) {
    expect(a.dtype == DType::F32 || attrs.as<BinaryAttrs>().activation == Activation::None, "int32 operands take no fused activation");
    return {{a.dtype, shape, {}}};
  }
  scale_of(a), scale_of(b);
  expect(a.dtype == DType::I8 || (zero_of(a) == 0 && zero_of(b) == 0), "int16 operands need zero point 0");
  if constexpr (kQuantised == Quantised::Rescaled) return {{a.dtype, shape, {}}};
  expect_one_scale(kOp.view(), a, b);
  return {{a.dtype, shape, a.quant}};
}

/// y[i] = f(a, b) over the broadcast operands.
template <class T, class F>
void each(Inputs in, const TensorView& out, const F& f) {
  const auto a = in[0].as<const T>(), b = in[1].as<const T>();
  const auto y = out.as<T>();
  const std::vector<BroadcastLoop> loops = broadcast_loops(in[0].type->shape, in[1].type->shape);
  for (size_t i = 0; i < y.size(); ++i) {
    int64_t rest = static_cast<int64_t>(i), at_a = 0, at_b = 0;
    for (size_t d = loops.size(); d-- > 0; rest /= loops[d].count) {
      at_a += rest % loops[d].count * loops[d].a_step;
      at_b += rest % loops[d].count * loops[d].b_step;
    }
    y[i] = f(a[static_cast<size_t>(at_a)], b[static_cast<size_t>(at_b)]);
  }
}

template <class T>
T finish(int32_t x, Multiplier multiplier, const TensorType& out, IntRange range) {
  return static_cast<T>(std::clamp(requantize(x, multiplier) + zero_of(out), range.min, range.max));
}

/// Calls quantised(T{}) with the C++ type of the operands' elements.
template <class F>
void with_quantised(DType dtype, const F& quantised) {
  dtype == DType::I16 ? quantised(int16_t{}) : quantised(int8_t{});
}

void expect_int16_zero(const TensorType& out) { expect(out.dtype != DType::I16 || zero_of(out) == 0, "int16 results need zero point 0"); }

/// Add, or subtract with sign -1. The reference negates the multiplier of what it subtracts, which shows where a tie is rounded.
template <int kSign>
void add_rescaled(Activation activation, Inputs in, const TensorView& out) {
  const AddScaling scaling = add_scaling(*in[0].type, *in[1].type, *out.type);
  const Multiplier b_multiplier{kSign * scaling.b.mantissa, scaling.b.shift};
  const int32_t a_zero = zero_of(*in[0].type), b_zero = zero_of(*in[1].type);
  const IntRange range = quantized_range(activation, *out.type);
  const int32_t raise = 1 << add_left_shift(out.type->dtype);
  with_quantised(out.type->dtype, [&]<class T>(T) {
    each<T>(in, out, [&](T a, T b) {
      const int32_t sum = requantize((a - a_zero) * raise, scaling.a) + requantize((b - b_zero) * raise, b_multiplier);
      return finish<T>(sum, scaling.out, *out.type, range);
    });
  });
}

void mul_rescaled(Activation activation, Inputs in, const TensorView& out) {
  const Multiplier multiplier = mul_scaling(*in[0].type, *in[1].type, *out.type);
  const int32_t a_zero = zero_of(*in[0].type), b_zero = zero_of(*in[1].type);
  const IntRange range = quantized_range(activation, *out.type);
  with_quantised(out.type->dtype, [&]<class T>(T) {
    each<T>(in, out, [&](T a, T b) { return finish<T>((a - a_zero) * (b - b_zero), multiplier, *out.type, range); });
  });
}

template <OpName kOp>
void select_as_is(Activation, Inputs in, const TensorView& out) {
  expect_one_scale(kOp.view(), *in[0].type, *out.type);
  constexpr bool kMax = kOp.view() == "maximum";
  with_quantised(out.type->dtype, [&]<class T>(T) { each<T>(in, out, [](T a, T b) { return kMax ? std::max(a, b) : std::min(a, b); }); });
}

struct Add {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>(a + b);
  }
};
struct Sub {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>(a - b);
  }
};
struct Mul {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>(a * b);
  }
};
struct Div {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>(a / b);
  }
};
struct SquaredDifference {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>((a - b) * (a - b));
  }
};
struct Minimum {
  template <class T>
  T operator()(T a, T b) const {
    return std::min(a, b);
  }
};
struct Maximum {
  template <class T>
  T operator()(T a, T b) const {
    return std::max(a, b);
  }
};

/// Int32 wraps as the machine does, so it is worked out in 64 bits and cut.
template <class F>
void eval_int32(Inputs in, const TensorView& out) {
  each<int32_t>(in, out, [](int32_t a, int32_t b) {
    return static_cast<int32_t>(static_cast<uint32_t>(F{}(static_cast<int64_t>(a), static_cast<int64_t>(b))));
  });
}

void no_quantised(Activation, Inputs, const TensorView&) { require(false, "a quantised operand that infer should have refused"); }

template <class F, void (*kQuantised)(Activation, Inputs, const TensorView&), bool kInt32>
void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const Activation activation = attrs.as<BinaryAttrs>().activation;
  if (is_quantised(in[0].type->dtype)) return kQuantised(activation, in, out[0]);
  if constexpr (kInt32)
    if (in[0].type->dtype == DType::I32) return eval_int32<F>(in, out[0]);
  const FloatRange range = float_range(activation);
  each<float>(in, out[0], [&](float a, float b) { return std::clamp(F{}(a, b), range.min, range.max); });
}

constexpr const char* kPowers = "pot_scale_int16";

Translated read(const ForeignNode& node, const ForeignGraph&) { return {BinaryAttrs{read_activation(node)}, node.in}; }
Translated read_sum(const ForeignNode& node, const ForeignGraph& graph) {
  const ForeignTensor* a = graph.operand(node, 0);
  if (a && a->type.dtype == DType::I16 && attr_or(node, kPowers, false))
    throw Error(Blame::Unsupported, "sums of int16 by powers of two (pot_scale_int16)",
                "convert the model with TensorFlow 2.4 or later, which gives them any scale");
  if (const auto types = int16_types(node, graph, 2); !types.empty()) add_scaling(types[0], types[1], types[2]);
  return read(node, graph);
}
Translated read_product(const ForeignNode& node, const ForeignGraph& graph) {
  if (const auto types = int16_types(node, graph, 2); !types.empty()) mul_scaling(types[0], types[1], types[2]);
  return read(node, graph);
}
bool write(const Attrs& attrs, ForeignNode& node, ForeignGraph&) {
  node.attrs = {{"fused_activation_function", write_activation(attrs.as<BinaryAttrs>().activation)}};
  node.version = 2;
  return true;
}
bool write_sum(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  write(attrs, node, graph);
  if (graph.operand(node, 0)->type.dtype == DType::I16) node.attrs[kPowers] = false;
  return true;
}
Translated read_plain(const ForeignNode& node, const ForeignGraph&) { return {BinaryAttrs{}, node.in}; }
template <OpName kOp>
Translated read_choice(const ForeignNode& node, const ForeignGraph& graph) {
  const TensorType &a = foreign_operand(node, graph, 0).type, &out = graph.tensors[static_cast<size_t>(node.out[0])].type;
  if (is_quantised(a.dtype) && a.dtype == out.dtype) expect_one_scale(kOp.view(), a, out);
  return read_plain(node, graph);
}
bool write_plain(const Attrs& attrs, ForeignNode& node, ForeignGraph&) {
  node.version = 2;
  return attrs.as<BinaryAttrs>().activation == Activation::None;
}
bool write_div(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  write(attrs, node, graph);
  node.version = 1;
  return true;
}

constexpr ForeignMap kAdd[] = {{"ADD", read_sum, write_sum}}, kSub[] = {{"SUB", read_sum, write_sum}},
                     kMul[] = {{"MUL", read_product, write}};
constexpr ForeignMap kDiv[] = {{"DIV", read, write_div}}, kSquaredDifference[] = {{"SQUARED_DIFFERENCE", read_plain, write_plain}};
constexpr ForeignMap kMinimum[] = {{"MINIMUM", read_choice<"minimum">, write_plain}};
constexpr ForeignMap kMaximum[] = {{"MAXIMUM", read_choice<"maximum">, write_plain}};

OpDef row(std::string_view name, std::string_view summary, decltype(OpDef::infer) infer, decltype(OpDef::eval) eval,
          std::span<const ForeignMap> tflite) {
  return {
      .name = name, .summary = summary, .min_in = 2, .max_in = 2, .attrs = BinaryAttrs{}, .infer = infer, .eval = eval, .tflite = tflite};
}

}  // namespace

AddScaling add_scaling(const TensorType& a, const TensorType& b, const TensorType& out) {
  expect_int16_zero(out);
  const double a_scale = scale_of(a), b_scale = scale_of(b), twice_greater = 2 * std::max(a_scale, b_scale);
  const AddScaling scaling{quantize_multiplier(a_scale / twice_greater), quantize_multiplier(b_scale / twice_greater),
                           quantize_multiplier(twice_greater / ((1 << add_left_shift(out.dtype)) * static_cast<double>(scale_of(out))))};
  if (out.dtype == DType::I16 && scaling.out.shift > 1)  // sums reach -2^30
    expect(false,
           fmt::format("sums of int16 fit 32 bits only where the result's scale is above 1/32768 of the greater operand's, {:.6g}; it "
                       "is {:.6g}: quantise the model again, with representative data",
                       twice_greater / 2, scale_of(out)));
  return scaling;
}

Multiplier mul_scaling(const TensorType& a, const TensorType& b, const TensorType& out) {
  expect_int16_zero(out);
  const float product = scale_of(a) * scale_of(b), real = product / scale_of(out);  // in float, as the reference
  if (out.dtype == DType::I16 && !(real < 1))                                       // products reach 2^30
    expect(false,
           fmt::format("products of int16 fit 32 bits only where the result's scale is above the product of the operands', {:.6g}; it "
                       "is {:.6g}: quantise the model again, with representative data",
                       product, scale_of(out)));
  return quantize_multiplier(static_cast<double>(real));
}

std::span<const OpDef> binary_ops() {
  using enum Quantised;
  static const OpDef kOps[] = {
      row("add", "sum", infer<"add", Rescaled, true>, eval<Add, add_rescaled<1>, true>, kAdd),
      row("sub", "difference", infer<"sub", Rescaled, true>, eval<Sub, add_rescaled<-1>, true>, kSub),
      row("mul", "product", infer<"mul", Rescaled, true>, eval<Mul, mul_rescaled, true>, kMul),
      row("div", "quotient", infer<"div", Refused, false>, eval<Div, no_quantised, false>, kDiv),
      row("squared_difference", "square of the difference", infer<"squared_difference", Refused, true>,
          eval<SquaredDifference, no_quantised, true>, kSquaredDifference),
      row("minimum", "the smaller of two", infer<"minimum", AsIs, true>, eval<Minimum, select_as_is<"minimum">, true>, kMinimum),
      row("maximum", "the greater of two", infer<"maximum", AsIs, true>, eval<Maximum, select_as_is<"maximum">, true>, kMaximum)};
  return kOps;
}

}  // namespace thimble

#include "ops/elementwise.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "ops/checks.h"
#include "ops/int16_functions.h"
#include "ops/int16_types.h"
#include "ops/int8_functions.h"
#include "ops/op_name.h"

// A row needs its real function and, for int8, how the TFLite reference gets each of the 256 results: from a table of the real function
// (`tabled`), or by integer arithmetic of its own. Where TFLite has no int8 form of an op, ours is tabled.
// For int16 it needs the reference's function of a whole tensor, an `infer` that takes int16, and a reading (`read_...`) that judges the
// scale of the result; without these the op refuses int16.

namespace thimble {
namespace {

using RealFunction = double (*)(const Attrs&, double);

double relu(const Attrs&, double x) { return std::max(x, 0.0); }
double relu6(const Attrs&, double x) { return std::clamp(x, 0.0, 6.0); }
double relu_n1_to_1(const Attrs&, double x) { return std::clamp(x, -1.0, 1.0); }
double relu_0_to_1(const Attrs&, double x) { return std::clamp(x, 0.0, 1.0); }
double leaky_relu(const Attrs& attrs, double x) {
  return x > 0 ? x : x * static_cast<double>(static_cast<float>(attrs.as<LeakyReluAttrs>().alpha));
}
double logistic(const Attrs&, double x) { return 1 / (1 + std::exp(-x)); }
double tanh(const Attrs&, double x) { return std::tanh(x); }
double hard_swish(const Attrs&, double x) { return x * std::clamp(x + 3, 0.0, 6.0) / 6; }
double elu(const Attrs&, double x) { return x < 0 ? std::expm1(x) : x; }
double exp(const Attrs&, double x) { return std::exp(x); }
double log(const Attrs&, double x) { return std::log(x); }
double sin(const Attrs&, double x) { return std::sin(x); }
double cos(const Attrs&, double x) { return std::cos(x); }
double sqrt(const Attrs&, double x) { return std::sqrt(x); }
double rsqrt(const Attrs&, double x) { return 1 / std::sqrt(x); }
double square(const Attrs&, double x) { return x * x; }
double abs(const Attrs&, double x) { return std::fabs(x); }
double neg(const Attrs&, double x) { return -x; }
double floor(const Attrs&, double x) { return std::floor(x); }
double ceil(const Attrs&, double x) { return std::ceil(x); }
double round(const Attrs&, double x) { return std::nearbyint(x); }
double gelu(const Attrs& attrs, double x) {
  constexpr double kSqrtHalf = 0.70710678118654752, kSqrtTwoOverPi = 0.79788456080286536;
  if (attrs.as<GeluAttrs>().approximate) return 0.5 * x * (1 + std::tanh(kSqrtTwoOverPi * (x + 0.044715 * x * x * x)));
  return 0.5 * x * std::erfc(-x * kSqrtHalf);
}

/// The reference's table: reals in float, times the inverse of the scale, ties away from zero. NaN becomes the least integer.
template <RealFunction F>
int8_t tabled(const Attrs& attrs, int32_t x, const TensorType& in, const TensorType& out) {
  const float real = scale_of(in) * static_cast<float>(x - zero_of(in));
  const float steps = std::round(static_cast<float>(F(attrs, static_cast<double>(real))) * (1 / scale_of(out)));
  return std::isnan(steps) ? int8_t{-128} : saturate<int8_t>(steps + static_cast<float>(zero_of(out)));
}

/// log of what is not positive is the least output.
int8_t log_int8(const Attrs& attrs, int32_t x, const TensorType& in, const TensorType& out) {
  return x > zero_of(in) ? tabled<log>(attrs, x, in, out) : int8_t{-128};
}

/// The int16 functions know of zero points only that they are 0.
void rescaled_int16(std::string_view op, const Attrs& attrs, const TensorView& in, const TensorView& out) {
  const RescalingInt16 to = rescaling_int16(op, attrs, *in.type, *out.type);
  std::ranges::transform(in.as<const int16_t>(), out.as<int16_t>().begin(), [&](int16_t x) {
    return static_cast<int16_t>(std::clamp(requantize(x, x < 0 ? to.below : to.above), to.range.min, to.range.max));
  });
}
void relu_int16(const Attrs& attrs, const TensorView& in, const TensorView& out) { rescaled_int16("relu", attrs, in, out); }
void relu6_int16(const Attrs& attrs, const TensorView& in, const TensorView& out) { rescaled_int16("relu6", attrs, in, out); }
void leaky_relu_int16(const Attrs& attrs, const TensorView& in, const TensorView& out) { rescaled_int16("leaky_relu", attrs, in, out); }

template <int16_t (*kFunction)(int16_t, SigmoidScaling, std::span<const int16_t>)>
void sigmoid_int16(std::string_view op, const TensorView& in, const TensorView& out) {
  const SigmoidScaling scaling = sigmoid_scaling(op, *in.type, *out.type);
  const std::vector<int16_t> table = sigmoid_table();
  std::ranges::transform(in.as<const int16_t>(), out.as<int16_t>().begin(), [&](int16_t x) { return kFunction(x, scaling, table); });
}
void logistic_of_int16(const Attrs&, const TensorView& in, const TensorView& out) { sigmoid_int16<logistic_int16>("logistic", in, out); }
void tanh_of_int16(const Attrs&, const TensorView& in, const TensorView& out) { sigmoid_int16<tanh_int16>("tanh", in, out); }
void no_int16(const Attrs&, const TensorView&, const TensorView&) { require(false, "an int16 operand that infer should have refused"); }

template <OpName kOp, DType... more>
std::vector<TensorType> infer(const Attrs&, Inputs in) {
  const TensorType& x = *in[0].type;
  expect_dtype(kOp.view(), x.dtype, {DType::F32, DType::I8, more...});
  if (x.dtype == DType::I8) scale_of(x);
  if (x.dtype == DType::I16) expect_int16_input(kOp.view(), x);
  return {{x.dtype, x.shape, {}}};
}
template <OpName kOp>
std::vector<TensorType> infer_sigmoid(const Attrs& attrs, Inputs in) {
  std::vector<TensorType> types = infer<kOp, DType::I16>(attrs, in);
  if (types[0].dtype == DType::I16) sigmoid_scaling(kOp.view(), *in[0].type);
  return types;
}

template <RealFunction F, Int8Function Q, void (*kInt16)(const Attrs&, const TensorView&, const TensorView&) = no_int16>
void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const auto each = [&]<class T>(T, const auto& f) {
    const auto x = in[0].as<const T>();
    std::transform(x.begin(), x.end(), out[0].as<T>().begin(), f);
  };
  switch (in[0].type->dtype) {
    case DType::I8: return each(int8_t{}, [&](int8_t x) { return Q(attrs, x, *in[0].type, *out[0].type); });
    case DType::I16: return kInt16(attrs, in[0], out[0]);
    case DType::I32:  // wraps as the machine does
      return each(int32_t{}, [&](int32_t x) { return static_cast<int32_t>(static_cast<uint32_t>(static_cast<int64_t>(F(attrs, x)))); });
    default: return each(float{}, [&](float x) { return static_cast<float>(F(attrs, static_cast<double>(x))); });
  }
}

template <OpName kOp>
Translated read_rescaling(const ForeignNode& node, const ForeignGraph& graph, Attrs attrs) {
  if (const auto types = int16_types(node, graph, 1); !types.empty()) rescaling_int16(kOp.view(), attrs, types[0], types[1]);
  return {std::move(attrs), node.in};
}
template <OpName kOp>
Translated read_relu(const ForeignNode& node, const ForeignGraph& graph) {
  return read_rescaling<kOp>(node, graph, {});
}
Translated read_leaky_relu(const ForeignNode& node, const ForeignGraph& graph) {
  return read_rescaling<"leaky_relu">(node, graph, LeakyReluAttrs{attr_or(node, "alpha", 0.0)});
}
template <OpName kOp>
Translated read_sigmoid(const ForeignNode& node, const ForeignGraph& graph) {
  if (const auto types = int16_types(node, graph, 1); !types.empty()) sigmoid_scaling(kOp.view(), types[0], types[1]);
  return {{}, node.in};
}
bool write_leaky_relu(const Attrs& attrs, ForeignNode& node, ForeignGraph&) {
  node.attrs = {{"alpha", attrs.as<LeakyReluAttrs>().alpha}};
  node.version = 2;
  return true;
}
Translated read_gelu(const ForeignNode& node, const ForeignGraph&) { return {GeluAttrs{attr_or(node, "approximate", false)}, node.in}; }
bool write_gelu(const Attrs& attrs, ForeignNode& node, ForeignGraph&) {
  node.attrs = {{"approximate", attrs.as<GeluAttrs>().approximate}};
  node.version = 2;
  return true;
}
bool write_version_2(const Attrs&, ForeignNode& node, ForeignGraph&) {
  node.version = 2;
  return true;
}

struct Row {
  std::string_view name, summary;
  ForeignMap tflite;
  void (*eval)(const Attrs&, Inputs, Outputs);
  decltype(OpDef::infer) infer;
  Attrs attrs{};
};

}  // namespace

RescalingInt16 rescaling_int16(std::string_view op, const Attrs& attrs, const TensorType& in, const TensorType& out) {
  expect_int16_input(op, in);
  expect(zero_of(out) == 0, std::string(op) + " of int16 gives zero point 0");
  const auto to_result = [&](float scale) {
    const Multiplier multiplier = quantize_multiplier(static_cast<double>(scale / scale_of(out)));
    expect_int16_fits(op, multiplier, 16, scale, out);
    return multiplier;
  };
  const Multiplier whole = to_result(scale_of(in));
  if (op == "leaky_relu") return {to_result(scale_of(in) * static_cast<float>(attrs.as<LeakyReluAttrs>().alpha)), whole, {-32768, 32767}};
  return {whole, whole, quantized_range(op == "relu6" ? Activation::Relu6 : Activation::Relu, out)};
}

std::span<const OpDef> elementwise_ops() {
  static const Row kRows[] = {
      {"relu", "max(x, 0)", {"RELU", read_relu<"relu">, write_version_2}, eval<relu, relu_int8, relu_int16>, infer<"relu", DType::I16>},
      {"relu6",
       "x limited to [0, 6]",
       {"RELU6", read_relu<"relu6">, write_version_2},
       eval<relu6, relu6_int8, relu6_int16>,
       infer<"relu6", DType::I16>},
      {"relu_n1_to_1", "x limited to [-1, 1]", {"RELU_N1_TO_1"}, eval<relu_n1_to_1, relu_n1_to_1_int8>, infer<"relu_n1_to_1">},
      {"relu_0_to_1", "x limited to [0, 1]", {"RELU_0_TO_1"}, eval<relu_0_to_1, relu_0_to_1_int8>, infer<"relu_0_to_1">},
      {"leaky_relu",
       "x, or alpha x below zero",
       {"LEAKY_RELU", read_leaky_relu, write_leaky_relu},
       eval<leaky_relu, leaky_relu_int8, leaky_relu_int16>,
       infer<"leaky_relu", DType::I16>,
       LeakyReluAttrs{}},
      {"logistic",
       "1 / (1 + exp(-x))",
       {"LOGISTIC", read_sigmoid<"logistic">, write_version_2},
       eval<logistic, tabled<logistic>, logistic_of_int16>,
       infer_sigmoid<"logistic">},
      {"tanh",
       "hyperbolic tangent",
       {"TANH", read_sigmoid<"tanh">, write_version_2},
       eval<tanh, tabled<tanh>, tanh_of_int16>,
       infer_sigmoid<"tanh">},
      {"hard_swish", "x times (x + 3) / 6 limited to [0, 1]", {"HARD_SWISH"}, eval<hard_swish, hard_swish_int8>, infer<"hard_swish">},
      {"elu", "x, or exp(x) - 1 below zero", {"ELU"}, eval<elu, tabled<elu>>, infer<"elu">},
      {"gelu",
       "x times the normal distribution of x",
       {"GELU", read_gelu, write_gelu},
       eval<gelu, tabled<gelu>>,
       infer<"gelu">,
       GeluAttrs{}},
      {"exp", "e to the power x", {"EXP", nullptr, write_version_2}, eval<exp, tabled<exp>>, infer<"exp">},
      {"log", "natural logarithm", {"LOG", nullptr, write_version_2}, eval<log, log_int8>, infer<"log">},
      {"sin", "sine", {"SIN"}, eval<sin, tabled<sin>>, infer<"sin">},
      {"cos", "cosine", {"COS"}, eval<cos, tabled<cos>>, infer<"cos">},
      {"sqrt", "square root", {"SQRT", nullptr, write_version_2}, eval<sqrt, sqrt_int8>, infer<"sqrt">},
      {"rsqrt", "1 / square root", {"RSQRT", nullptr, write_version_2}, eval<rsqrt, rsqrt_int8>, infer<"rsqrt">},
      {"square", "x times x", {"SQUARE"}, eval<square, tabled<square>>, infer<"square", DType::I32>},
      {"abs", "absolute value", {"ABS", nullptr, write_version_2}, eval<abs, abs_int8>, infer<"abs", DType::I32>},
      {"neg", "-x", {"NEG"}, eval<neg, tabled<neg>>, infer<"neg", DType::I32>},
      {"floor", "largest whole number not above x", {"FLOOR"}, eval<floor, tabled<floor>>, infer<"floor">},
      {"ceil", "smallest whole number not below x", {"CEIL"}, eval<ceil, tabled<ceil>>, infer<"ceil">},
      {"round", "nearest whole number, ties to even", {"ROUND"}, eval<round, tabled<round>>, infer<"round">},
  };
  static const std::vector<OpDef> kOps = [] {
    std::vector<OpDef> ops;
    for (const Row& row : kRows)
      ops.push_back(
          {.name = row.name, .summary = row.summary, .attrs = row.attrs, .infer = row.infer, .eval = row.eval, .tflite = {&row.tflite, 1}});
    return ops;
  }();
  return kOps;
}

}  // namespace thimble

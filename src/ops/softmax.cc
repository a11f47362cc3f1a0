#include "ops/softmax.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

#include "ops/checks.h"
#include "ops/fixed_point.h"
#include "ops/int16_functions.h"
#include "ops/int16_types.h"

namespace thimble {
namespace {

constexpr int kDiffIntegerBits = 5;                           // differences are Q5.26
constexpr int kSumIntegerBits = 12;                           // sums of exponentials are Q12.19
constexpr int64_t kLongestRow = 4095, kLongestRow16 = 65535;  // more would overflow the sum

std::vector<TensorType> infer_row(std::string_view op, Inputs in, DType out, std::initializer_list<DType> takes) {
  const TensorType& x = *in[0].type;
  expect_dtype(op, x.dtype, takes);
  expect(x.rank() > 0, std::string(op) + " needs an axis; a scalar has none");
  if (x.dtype == DType::I8) {
    scale_of(x);
    expect(x.shape.back() <= kLongestRow, std::string(op) + " of int8 takes at most 4095 elements in a row");
  }
  if (x.dtype == DType::I16) {
    scale_of(x);
    expect(x.shape.back() <= kLongestRow16, std::string(op) + " of int16 takes at most 65535 elements in a row");
  }
  return {{out, x.shape, {}}};
}

std::vector<TensorType> infer_softmax(const Attrs& attrs, Inputs in) {
  const auto& a = attrs.as<SoftmaxAttrs>();
  const TensorType& x = *in[0].type;
  expect(!a.wide_output || x.dtype == DType::I8, "softmax gives int16 only from int8");
  auto types = infer_row("softmax", in, a.wide_output ? DType::I16 : x.dtype, {DType::F32, DType::I8, DType::I16});
  if (x.dtype == DType::I8) softmax_scaling(a.beta, x);
  if (x.dtype == DType::I16) softmax_scaling_int16(a.beta, x);
  return types;
}
std::vector<TensorType> infer_log_softmax(const Attrs&, Inputs in) {
  auto types = infer_row("log_softmax", in, in[0].type->dtype, {DType::F32, DType::I8});
  if (in[0].type->dtype == DType::I8) softmax_scaling(1, *in[0].type);
  return types;
}

void expect_int16_result(const TensorType& out) { expect(zero_of(out) == 0, "softmax of int16 gives zero point 0"); }
void expect_log_result(const TensorType& out) {
  expect(out.quant == per_tensor(1.0f / 16, 127), "log_softmax of int8 gives scale 1/16 and zero point 127");
}

/// Calls `row(in, out, n)` for each run along the last axis.
template <class T, class U, class Row>
void each_row(const TensorView& in, const TensorView& out, const Row& row) {
  const auto n = static_cast<size_t>(in.type->shape.back());
  const auto x = in.as<const T>();
  const auto y = out.as<U>();
  for (size_t i = 0; i < x.size(); i += n) row(x.subspan(i, n), y.subspan(i, n));
}

/// Q12.19 sum of exp(x - max) over a row.
template <class Exp>
int32_t sum_of_exps(std::span<const int8_t> x, int32_t max, int32_t diff_min, const Exp& exp) {
  int32_t sum = 0;
  for (int8_t v : x)
    if (v - max >= diff_min) sum += fixed::divide_by_power_of_two(exp(v - max), kSumIntegerBits);
  return sum;
}

template <class T>
void softmax_int8(double beta, const TensorView& in, const TensorView& out) {
  const SoftmaxScaling scaling = softmax_scaling(beta, *in.type);
  const auto exp = [&](int32_t diff) { return fixed::exp_on_negative_values(requantize(diff, scaling.multiplier)); };
  constexpr int32_t kMin = std::numeric_limits<T>::min();
  each_row<int8_t, T>(in, out, [&](std::span<const int8_t> x, std::span<T> y) {
    const int32_t max = *std::max_element(x.begin(), x.end());
    const auto [mantissa, bits] = fixed::reciprocal(sum_of_exps(x, max, scaling.diff_min, exp));
    const int exponent = std::min(bits + 31 - 8 * static_cast<int>(sizeof(T)), 31);
    for (size_t i = 0; i < x.size(); ++i) {
      const int32_t diff = x[i] - max;
      const int32_t share = diff < scaling.diff_min ? 0 : fixed::divide_by_power_of_two(fixed::multiply(mantissa, exp(diff)), exponent);
      y[i] = saturate<T>(share + kMin);
    }
  });
}

/// Q0.15 exponentials times the reciprocal of their sum, which is brought to [1, 2) for its table.
void softmax_int16(double beta, const TensorView& in, const TensorView& out) {
  expect_int16_result(*out.type);
  const Multiplier multiplier = softmax_scaling_int16(beta, *in.type);
  const std::vector<int16_t> exps = softmax_exp_table(), reciprocals = softmax_reciprocal_table();
  each_row<int16_t, int16_t>(in, out, [&](std::span<const int16_t> x, std::span<int16_t> y) {
    const int32_t max = *std::max_element(x.begin(), x.end());
    uint32_t sum = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      y[i] = static_cast<int16_t>(look_up(exps, saturate<int16_t>(requantize(x[i] - max, multiplier) + 32767)));
      sum += static_cast<uint32_t>(y[i]);
    }
    const int zeros = std::countl_zero(sum), shift = 31 - zeros;
    const auto mantissa = static_cast<int32_t>(((sum << (zeros - 1)) + (1 << 13)) >> 14);
    const int32_t reciprocal = look_up(reciprocals, saturate<int16_t>(mantissa - (1 << 16) - (1 << 15)));
    for (int16_t& v : y) v = static_cast<int16_t>(std::clamp((v * reciprocal + (1 << (shift - 1))) >> shift, 0, 32767));
  });
}

void log_softmax_int8(const TensorView& in, const TensorView& out) {
  expect_log_result(*out.type);
  const SoftmaxScaling scaling = softmax_scaling(1, *in.type);
  const Multiplier reverse = log_softmax_reverse(scaling);
  each_row<int8_t, int8_t>(in, out, [&](std::span<const int8_t> x, std::span<int8_t> y) {
    const int32_t max = *std::max_element(x.begin(), x.end());
    const int32_t sum = sum_of_exps(x, max, scaling.diff_min,
                                    [&](int32_t diff) { return fixed::exp_on_negative_values(requantize(diff, scaling.multiplier)); });
    const int32_t log_sum = fixed::log_of_one_or_more(sum);
    const int32_t least = std::max(scaling.diff_min - 1, requantize(log_sum + std::numeric_limits<int32_t>::min(), reverse));
    for (size_t i = 0; i < x.size(); ++i) {
      const int32_t diff = x[i] - max;
      const int32_t log = requantize(diff, scaling.multiplier) - log_sum;
      y[i] = diff > least ? saturate<int8_t>(fixed::divide_by_power_of_two(log, 31 - kDiffIntegerBits - 4) + 127) : int8_t{-128};
    }
  });
}

/// Both functions on float rows: `finish(x - max, sum of exponentials)`.
template <class Finish>
void eval_float(double beta, const TensorView& in, const TensorView& out, const Finish& finish) {
  each_row<float, float>(in, out, [&](std::span<const float> x, std::span<float> y) {
    const double max = *std::max_element(x.begin(), x.end());
    double sum = 0;
    for (float v : x) sum += std::exp((v - max) * beta);
    for (size_t i = 0; i < x.size(); ++i) y[i] = static_cast<float>(finish((x[i] - max) * beta, sum));
  });
}

void eval_softmax(const Attrs& attrs, Inputs in, Outputs out) {
  const double beta = attrs.as<SoftmaxAttrs>().beta;
  if (in[0].type->dtype == DType::F32) return eval_float(beta, in[0], out[0], [](double x, double sum) { return std::exp(x) / sum; });
  if (in[0].type->dtype == DType::I16) return softmax_int16(beta, in[0], out[0]);
  out[0].type->dtype == DType::I16 ? softmax_int8<int16_t>(beta, in[0], out[0]) : softmax_int8<int8_t>(beta, in[0], out[0]);
}

void eval_log_softmax(const Attrs&, Inputs in, Outputs out) {
  if (in[0].type->dtype == DType::I8) return log_softmax_int8(in[0], out[0]);
  eval_float(1, in[0], out[0], [](double x, double sum) { return x - std::log(sum); });
}

Translated read_softmax(const ForeignNode& node, const ForeignGraph& graph) {
  const bool wide =
      graph.tensors[static_cast<size_t>(node.out[0])].type.dtype == DType::I16 && graph.operand(node, 0)->type.dtype != DType::I16;
  if (const auto types = int16_types(node, graph, 1); !types.empty()) expect_int16_result(types[1]);
  return {SoftmaxAttrs{attr_or(node, "beta", 1.0), wide}, node.in};
}
Translated read_log_softmax(const ForeignNode& node, const ForeignGraph& graph) {
  if (const TensorType& out = graph.tensors[static_cast<size_t>(node.out[0])].type; out.dtype == DType::I8) expect_log_result(out);
  return {{}, node.in};
}
bool write_softmax(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  const auto& a = attrs.as<SoftmaxAttrs>();
  node.attrs = {{"beta", a.beta}};
  node.version = a.wide_output || graph.operand(node, 0)->type.dtype == DType::I16 ? 3 : 2;
  return true;
}
bool write_log_softmax(const Attrs&, ForeignNode& node, ForeignGraph&) {
  node.version = 2;
  return true;
}

constexpr ForeignMap kSoftmax[] = {{"SOFTMAX", read_softmax, write_softmax}};
constexpr ForeignMap kLogSoftmax[] = {{"LOG_SOFTMAX", read_log_softmax, write_log_softmax}};

}  // namespace

SoftmaxScaling softmax_scaling(double beta, const TensorType& input) {
  constexpr double kOne = 1 << (31 - kDiffIntegerBits);
  const double real = std::min(beta * static_cast<double>(scale_of(input)) * kOne, 2147483647.0);
  const Multiplier multiplier = quantize_multiplier(real);
  expect(multiplier.shift >= 0, "softmax needs beta times the input's scale to be at least 2^-26");
  const double radius = std::floor(((1 << kDiffIntegerBits) - 1) * kOne / static_cast<double>(int64_t{1} << multiplier.shift));
  return {multiplier, -static_cast<int32_t>(radius)};
}

Multiplier softmax_scaling_int16(double beta, const TensorType& input) {
  const double real = static_cast<double>(scale_of(input) * static_cast<float>(beta)) / (10.0 / 65535.0);
  expect(real >= 0 && real < 16384, "softmax of int16 needs beta times the input's scale to be below 2.5");
  return quantize_multiplier(real);
}

std::vector<int16_t> softmax_exp_table() {
  return int16_table(-10, 0, [](double x) { return std::exp(x); });
}
std::vector<int16_t> softmax_reciprocal_table() {
  return int16_table(0, 1, [](double x) { return 1 / (1 + x); });
}

Multiplier log_softmax_reverse(const SoftmaxScaling& scaling) {
  return quantize_multiplier(static_cast<double>(int64_t{1} << (31 - scaling.multiplier.shift)) / scaling.multiplier.mantissa);
}

std::span<const OpDef> softmax_ops() {
  static const OpDef kOps[] = {{.name = "softmax",
                                .summary = "exponentials along the last axis, divided by their sum",
                                .attrs = SoftmaxAttrs{},
                                .infer = infer_softmax,
                                .eval = eval_softmax,
                                .tflite = kSoftmax},
                               {.name = "log_softmax",
                                .summary = "logarithm of softmax along the last axis",
                                .infer = infer_log_softmax,
                                .eval = eval_log_softmax,
                                .tflite = kLogSoftmax}};
  return kOps;
}

}  // namespace thimble

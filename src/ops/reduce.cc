#include "ops/reduce.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <set>

#include "ops/checks.h"
#include "ops/indexing.h"
#include "ops/int16_functions.h"
#include "ops/int16_types.h"

namespace thimble {
namespace {

/// The shape in which reduced axes have one element.
Shape kept_shape(const ReduceAttrs& attrs, Shape shape) {
  const auto reduced = reduced_axes(attrs, static_cast<int64_t>(shape.size()));
  for (size_t i = 0; i < shape.size(); ++i)
    if (reduced[i]) shape[i] = 1;
  return shape;
}

Shape result_shape(const ReduceAttrs& attrs, const Shape& from) {
  if (attrs.keep_dims) return kept_shape(attrs, from);
  const auto reduced = reduced_axes(attrs, static_cast<int64_t>(from.size()));
  Shape shape;
  for (size_t i = 0; i < from.size(); ++i)
    if (!reduced[i]) shape.push_back(from[i]);
  return shape;
}

template <DType... more>
std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const TensorType& x = operand_type(in, 0);
  expect_dtype("a reduction", x.dtype, {DType::F32, DType::I8, more..., DType::I32});
  return {moved(x, result_shape(attrs.as<ReduceAttrs>(), x.shape))};
}

std::vector<TensorType> infer_mean(const Attrs& attrs, Inputs in) {
  std::vector<TensorType> types = infer<DType::I16>(attrs, in);
  const TensorType& x = *in[0].type;
  if (x.dtype != DType::I16) return types;
  expect(zero_of(x) == 0, "means of int16 need zero point 0");
  expect(reduced_count(attrs.as<ReduceAttrs>(), x) < 65536, "means of int16 take at most 65535 elements each, so that sums fit 32 bits");
  return types;
}

/// A sum has another range than its terms, so the scale of int8 is for the model to say.
std::vector<TensorType> infer_sum(const Attrs& attrs, Inputs in) {
  std::vector<TensorType> types = infer<>(attrs, in);
  types[0].quant = {};
  return types;
}

/// Folds every element of T into its result, in the input's order; `start` is each result before.
template <class T, class Sum, class Step>
std::vector<Sum> fold(const ReduceAttrs& attrs, const TensorView& in, Sum start, Step step) {
  const Shape& shape = in.type->shape;
  const auto strides = strides_of(kept_shape(attrs, shape));
  const auto reduced = reduced_axes(attrs, in.type->rank());
  std::vector<Sum> results(static_cast<size_t>(in.type->elements() / reduced_count(attrs, *in.type)), start);
  size_t read = 0;
  for_each_index(shape, [&](const std::vector<int64_t>& index) {
    int64_t at = 0;
    for (size_t i = 0; i < index.size(); ++i)
      if (!reduced[i]) at += index[i] * strides[i];
    Sum& result = results[static_cast<size_t>(at)];
    result = step(result, in.as<const T>()[read++]);
  });
  return results;
}

template <class T, class Sum, class Finish>
void eval_typed_sum(const ReduceAttrs& attrs, const TensorView& in, const TensorView& out, Finish finish) {
  const auto sums = fold<T>(attrs, in, Sum{0}, [](Sum sum, T x) { return sum + static_cast<Sum>(x); });
  std::transform(sums.begin(), sums.end(), out.as<T>().begin(), finish);
}

template <class T>
void eval_rescaled(const ReduceAttrs& attrs, const TensorView& in, const TensorView& out, Multiplier multiplier) {
  const int64_t zeros = reduced_count(attrs, *in.type) * zero_of(*in.type);
  eval_typed_sum<T, int64_t>(attrs, in, out, [&](int64_t sum) {
    return saturate<T>(requantize(static_cast<int32_t>(sum - zeros), multiplier) + zero_of(*out.type));
  });
}

void eval_sum(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<ReduceAttrs>();
  switch (in[0].type->dtype) {
    case DType::F32: return eval_typed_sum<float, float>(a, in[0], out[0], [](float sum) { return sum; });
    case DType::I32: return eval_typed_sum<int32_t, uint32_t>(a, in[0], out[0], [](uint32_t sum) { return static_cast<int32_t>(sum); });
    default: return eval_rescaled<int8_t>(a, in[0], out[0], sum_multiplier(*in[0].type, *out[0].type));
  }
}

void eval_mean(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<ReduceAttrs>();
  const int64_t count = reduced_count(a, *in[0].type);
  switch (in[0].type->dtype) {
    case DType::F32: return eval_typed_sum<float, float>(a, in[0], out[0], [&](float sum) { return sum / static_cast<float>(count); });
    case DType::I32:
      return eval_typed_sum<int32_t, int64_t>(a, in[0], out[0], [&](int64_t sum) { return static_cast<int32_t>(sum / count); });
    case DType::I16: return eval_rescaled<int16_t>(a, in[0], out[0], mean_multiplier(*in[0].type, *out[0].type, count));
    default: return eval_rescaled<int8_t>(a, in[0], out[0], mean_multiplier(*in[0].type, *out[0].type, count));
  }
}

template <class T, bool kMaximum>
void eval_typed_extreme(const ReduceAttrs& attrs, const TensorView& in, const TensorView& out) {
  using Limits = std::numeric_limits<T>;
  const T start = kMaximum ? Limits::lowest() : Limits::max();
  const auto best = fold<T>(attrs, in, start, [](T y, T x) { return (kMaximum ? x > y : x < y) ? x : y; });
  std::copy(best.begin(), best.end(), out.as<T>().begin());
}

template <bool kMaximum>
void eval_extreme(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<ReduceAttrs>();
  switch (in[0].type->dtype) {
    case DType::F32: return eval_typed_extreme<float, kMaximum>(a, in[0], out[0]);
    case DType::I32: return eval_typed_extreme<int32_t, kMaximum>(a, in[0], out[0]);
    case DType::I16: return eval_typed_extreme<int16_t, kMaximum>(a, in[0], out[0]);
    default: return eval_typed_extreme<int8_t, kMaximum>(a, in[0], out[0]);
  }
}

Translated read(const ForeignNode& node, const ForeignGraph& graph) {
  const int64_t rank = foreign_operand(node, graph, 0).type.rank();
  std::set<int64_t> axes;
  for (int64_t axis : constant_operand(node, graph, 1, "list of axes")) axes.insert(axis_in(axis, rank));
  return {ReduceAttrs{{axes.begin(), axes.end()}, attr_or(node, "keep_dims", false)}, {node.in[0]}};
}

Translated read_mean(const ForeignNode& node, const ForeignGraph& graph) {
  if (const auto types = int16_types(node, graph, 1); !types.empty()) mean_multiplier(types[0], types[1], 1);
  return read(node, graph);
}

Translated read_extreme(const ForeignNode& node, const ForeignGraph& graph) {
  Translated translated = read(node, graph);
  expect(same_scale(foreign_operand(node, graph, 0).type, graph.tensors[static_cast<size_t>(node.out[0])].type),
         "the output must have the scale and zero point of the input");
  return translated;
}

bool write(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  const auto& a = attrs.as<ReduceAttrs>();
  append_operand(node, graph, "axes", a.axes);
  node.version = version_by_type(node, graph);
  node.attrs = {{"keep_dims", a.keep_dims}};
  return true;
}

constexpr ForeignMap kMean[] = {{"MEAN", read_mean, write}};
constexpr ForeignMap kSum[] = {{"SUM", read, write}};
constexpr ForeignMap kMax[] = {{"REDUCE_MAX", read_extreme, write}};
constexpr ForeignMap kMin[] = {{"REDUCE_MIN", read_extreme, write}};

OpDef row(std::string_view name, std::string_view summary, decltype(OpDef::infer) infer, decltype(OpDef::eval) eval,
          std::span<const ForeignMap> tflite) {
  return {.name = name, .summary = summary, .attrs = ReduceAttrs{}, .infer = infer, .eval = eval, .tflite = tflite};
}

}  // namespace

std::vector<bool> reduced_axes(const ReduceAttrs& attrs, int64_t rank) {
  std::vector<bool> reduced(static_cast<size_t>(rank));
  for (int64_t axis : attrs.axes) reduced[static_cast<size_t>(axis_in(axis, rank))] = true;
  return reduced;
}

int64_t reduced_count(const ReduceAttrs& attrs, const TensorType& x) {
  const auto reduced = reduced_axes(attrs, x.rank());
  int64_t count = 1;
  for (size_t i = 0; i < reduced.size(); ++i)
    if (reduced[i]) count *= x.shape[i];
  return count;
}

Multiplier sum_multiplier(const TensorType& x, const TensorType& y) {
  return quantize_multiplier(static_cast<double>(scale_of(x)) / static_cast<double>(scale_of(y)));
}

Multiplier mean_multiplier(const TensorType& x, const TensorType& y, int64_t count) {
  const Multiplier whole = sum_multiplier(x, y);
  if (x.dtype == DType::I16) expect_int16_fits("mean", whole, 15, scale_of(x), y);  // fewer than 2^(bits + 1) of them, divided by 2^bits
  const int bits = static_cast<int>(std::bit_width(static_cast<uint64_t>(count))) - 1;
  const int shift = std::min({bits, 32, 31 + whole.shift});
  return {static_cast<int32_t>((static_cast<int64_t>(whole.mantissa) << shift) / count), whole.shift - shift};
}

std::span<const OpDef> reduce_ops() {
  static const OpDef kOps[] = {row("mean", "mean over axes", infer_mean, eval_mean, kMean),
                               row("sum", "sum over axes", infer_sum, eval_sum, kSum),
                               row("reduce_max", "maximum over axes", infer<DType::I16>, eval_extreme<true>, kMax),
                               row("reduce_min", "minimum over axes", infer<DType::I16>, eval_extreme<false>, kMin)};
  return kOps;
}

}  // namespace thimble

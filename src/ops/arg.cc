#include "ops/arg.h"

#include <fmt/format.h>

#include "ops/checks.h"
#include "ops/indexing.h"

namespace thimble {
namespace {

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const TensorType& x = operand_type(in, 0);
  const auto& a = attrs.as<ArgAttrs>();
  expect_dtype("a search for the largest or smallest element", x.dtype, {DType::F32, DType::I8, DType::I32});
  Shape shape = x.shape;
  shape.erase(shape.begin() + axis_in(a.axis, x.rank()));
  return {{a.wide ? DType::I64 : DType::I32, shape, {}}};
}

template <class T, class Index, bool kMaximum>
void eval_typed(const ArgAttrs& attrs, const TensorView& in, const TensorView& out) {
  const Shape& shape = in.type->shape;
  const auto axis = static_cast<size_t>(attrs.axis);
  const int64_t inner = strides_of(shape)[axis], size = shape[axis];
  const auto x = in.as<const T>();
  for (int64_t i = 0; i < out.type->elements(); ++i) {
    const int64_t first = i / inner * size * inner + i % inner;
    const auto at = [&](int64_t k) { return x[static_cast<size_t>(first + k * inner)]; };
    int64_t best = 0;
    for (int64_t k = 1; k < size; ++k)
      if (kMaximum ? at(k) > at(best) : at(k) < at(best)) best = k;
    out.as<Index>()[static_cast<size_t>(i)] = static_cast<Index>(best);
  }
}

template <class Index, bool kMaximum>
void eval_index(const ArgAttrs& attrs, const TensorView& in, const TensorView& out) {
  switch (in.type->dtype) {
    case DType::F32: return eval_typed<float, Index, kMaximum>(attrs, in, out);
    case DType::I32: return eval_typed<int32_t, Index, kMaximum>(attrs, in, out);
    default: return eval_typed<int8_t, Index, kMaximum>(attrs, in, out);
  }
}

template <bool kMaximum>
void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& a = attrs.as<ArgAttrs>();
  if (a.wide)
    eval_index<int64_t, kMaximum>(a, in[0], out[0]);
  else
    eval_index<int32_t, kMaximum>(a, in[0], out[0]);
}

Translated read(const ForeignNode& node, const ForeignGraph& graph) {
  const auto axis = constant_operand(node, graph, 1, "axis");
  expect(axis.size() == 1, fmt::format("one axis is searched at a time, not {}", axis.size()));
  return {ArgAttrs{axis_in(axis[0], foreign_operand(node, graph, 0).type.rank()), attr_or<std::string>(node, "output_type", "") == "INT64"},
          {node.in[0]}};
}

bool write(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  const auto& a = attrs.as<ArgAttrs>();
  append_operand(node, graph, "axis", {a.axis});
  node.version = version_by_type(node, graph);
  node.attrs = {{"output_type", std::string(a.wide ? "INT64" : "INT32")}};
  return true;
}

constexpr ForeignMap kMax[] = {{"ARG_MAX", read, write}};
constexpr ForeignMap kMin[] = {{"ARG_MIN", read, write}};

}  // namespace

std::span<const OpDef> arg_ops() {
  static const OpDef kOps[] = {{.name = "argmax",
                                .summary = "index of the largest element along an axis",
                                .attrs = ArgAttrs{},
                                .infer = infer,
                                .eval = eval<true>,
                                .tflite = kMax},
                               {.name = "argmin",
                                .summary = "index of the smallest element along an axis",
                                .attrs = ArgAttrs{},
                                .infer = infer,
                                .eval = eval<false>,
                                .tflite = kMin}};
  return kOps;
}

}  // namespace thimble

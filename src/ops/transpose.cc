#include "ops/transpose.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "ops/indexing.h"

namespace thimble {
namespace {

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const TensorType& x = operand_type(in, 0);
  const auto& perm = attrs.as<TransposeAttrs>().perm;
  auto sorted = perm;
  std::sort(sorted.begin(), sorted.end());
  Shape axes(x.shape.size()), shape;
  for (size_t i = 0; i < axes.size(); ++i) axes[i] = static_cast<int64_t>(i);
  expect(sorted == axes, fmt::format("{} is not an order of the {} axes of the input", fmt::join(perm, ","), x.rank()));
  expect(x.rank() <= 6, fmt::format("the input has {} axes; transpose takes up to 6", x.rank()));
  for (int64_t axis : perm) shape.push_back(x.shape[static_cast<size_t>(axis)]);
  return {moved(x, shape)};
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const auto& perm = attrs.as<TransposeAttrs>().perm;
  const auto strides = strides_of(in[0].type->shape);
  int64_t written = 0;
  for_each_index(out[0].type->shape, [&](const std::vector<int64_t>& index) {
    int64_t at = 0;
    for (size_t i = 0; i < index.size(); ++i) at += index[i] * strides[static_cast<size_t>(perm[i])];
    copy_element(in[0], at, out[0], written++);
  });
}

Translated read(const ForeignNode& node, const ForeignGraph& graph) {
  auto perm = constant_operand(node, graph, 1, "order of axes");
  for (int64_t& axis : perm) axis = axis_in(axis, foreign_operand(node, graph, 0).type.rank());
  return {TransposeAttrs{perm}, {node.in[0]}};
}

bool write(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  append_operand(node, graph, "perm", attrs.as<TransposeAttrs>().perm);
  node.version = version_by_type(node, graph);
  return true;
}

constexpr ForeignMap kTflite[] = {{"TRANSPOSE", read, write}};

}  // namespace

std::span<const OpDef> transpose_ops() {
  static const OpDef kOps[] = {{.name = "transpose",
                                .summary = "the axes in another order",
                                .attrs = TransposeAttrs{},
                                .infer = infer,
                                .eval = eval,
                                .tflite = kTflite}};
  return kOps;
}

}  // namespace thimble

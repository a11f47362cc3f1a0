#include "ops/unpack.h"

#include <fmt/format.h>

#include "ops/indexing.h"

namespace thimble {
namespace {

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const TensorType& x = operand_type(in, 0);
  const auto axis = static_cast<size_t>(axis_in(attrs.as<UnpackAttrs>().axis, x.rank()));
  Shape shape = x.shape;
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
  expect(x.shape[axis] <= 1024, fmt::format("axis {} would become {} tensors; 1024 is the most", axis, x.shape[axis]));
  return std::vector<TensorType>(static_cast<size_t>(x.shape[axis]), moved(x, shape));
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const int64_t run = strides_of(in[0].type->shape)[static_cast<size_t>(attrs.as<UnpackAttrs>().axis)];
  const auto count = static_cast<int64_t>(out.size());
  for (int64_t k = 0; k < count; ++k)
    for (int64_t i = 0; i < out[0].type->elements(); ++i)
      copy_element(in[0], (i / run * count + k) * run + i % run, out[static_cast<size_t>(k)], i);
}

Translated read(const ForeignNode& node, const ForeignGraph& graph) {
  return {UnpackAttrs{axis_in(attr_or<int64_t>(node, "axis", 0), foreign_operand(node, graph, 0).type.rank())}, node.in};
}

bool write(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  node.version = version_by_type(node, graph);
  node.attrs = {{"num", static_cast<int64_t>(node.out.size())}, {"axis", attrs.as<UnpackAttrs>().axis}};
  return true;
}

constexpr ForeignMap kTflite[] = {{"UNPACK", read, write}};

}  // namespace

std::span<const OpDef> unpack_ops() {
  static const OpDef kOps[] = {{.name = "unpack",
                                .summary = "one tensor per element of an axis",
                                .outputs = -1,
                                .attrs = UnpackAttrs{},
                                .infer = infer,
                                .eval = eval,
                                .tflite = kTflite}};
  return kOps;
}

}  // namespace thimble

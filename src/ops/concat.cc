#include "ops/concat.h"

#include <fmt/format.h>

#include "ops/indexing.h"

namespace thimble {
namespace {

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const auto axis = static_cast<size_t>(attrs.as<ConcatAttrs>().axis);
  TensorType y = moved(operand_type(in, 0), in[0].type->shape);
  axis_in(static_cast<int64_t>(axis), y.rank());
  for (size_t k = 1; k < in.size(); ++k) {
    const TensorType& x = operand_type(in, k);
    Shape other = x.shape;
    if (axis < other.size()) other[axis] = in[0].type->shape[axis];
    expect(x.dtype == y.dtype && other == in[0].type->shape,
           fmt::format("{}[{}] cannot be joined to {}[{}] along axis {}: all other axes must be alike", name_of(x.dtype),
                       to_string(x.shape), name_of(y.dtype), to_string(in[0].type->shape), axis));
    y.shape[axis] += x.shape[axis];
  }
  checked_elements(y.shape);
  return {y};
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const auto axis = static_cast<size_t>(attrs.as<ConcatAttrs>().axis);
  const auto strides = strides_of(out[0].type->shape);
  int64_t before = 0;
  for (const TensorView& x : in) {
    expect(same_scale(*x.type, *out[0].type), "the inputs must have the scale and zero point of the output");
    int64_t read = 0;
    for_each_index(x.type->shape, [&](const std::vector<int64_t>& index) {
      int64_t at = before * strides[axis];
      for (size_t i = 0; i < index.size(); ++i) at += index[i] * strides[i];
      copy_element(x, read++, out[0], at);
    });
    before += x.type->shape[axis];
  }
}

Translated read(const ForeignNode& node, const ForeignGraph& graph) {
  if (read_activation(node) != Activation::None)
    throw Error(Blame::Unsupported, "fused activation " + write_activation(read_activation(node)),
                "export the model with the activation as an op of its own");
  expect(!node.out.empty() && node.out[0] >= 0, "output 0 is missing");
  for (size_t k = 0; k < node.in.size(); ++k)
    if (!same_scale(foreign_operand(node, graph, k).type, graph.tensors[static_cast<size_t>(node.out[0])].type))
      throw Error(Blame::Unsupported, fmt::format("input {} has another scale or zero point than the output", k),
                  "quantize the model with a converter that gives all inputs of a concatenation one scale, as TensorFlow's does");
  return {ConcatAttrs{axis_in(attr_or<int64_t>(node, "axis", 0), foreign_operand(node, graph, 0).type.rank())}, node.in};
}

bool write(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  node.attrs = {{"axis", attrs.as<ConcatAttrs>().axis}, {"fused_activation_function", write_activation(Activation::None)}};
  node.version = version_by_type(node, graph);
  return true;
}

constexpr ForeignMap kTflite[] = {{"CONCATENATION", read, write}};

}  // namespace

std::span<const OpDef> concat_ops() {
  static const OpDef kOps[] = {{.name = "concat",
                                .summary = "tensors joined along one axis",
                                .min_in = 1,
                                .max_in = -1,
                                .attrs = ConcatAttrs{},
                                .infer = infer,
                                .eval = eval,
                                .tflite = kTflite}};
  return kOps;
}

}  // namespace thimble

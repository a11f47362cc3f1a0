#include "ops/pack.h"

#include <fmt/format.h>

#include "ops/indexing.h"

namespace thimble {
namespace {

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const TensorType& first = operand_type(in, 0);
  for (size_t k = 1; k < in.size(); ++k)
    expect(operand_type(in, k).dtype == first.dtype && in[k].type->shape == first.shape,
           fmt::format("{}[{}] cannot be packed with {}[{}]: all inputs must be alike", name_of(in[k].type->dtype),
                       to_string(in[k].type->shape), name_of(first.dtype), to_string(first.shape)));
  Shape shape = first.shape;
  shape.insert(shape.begin() + axis_in(attrs.as<PackAttrs>().axis, first.rank() + 1), static_cast<int64_t>(in.size()));
  checked_elements(shape);
  return {moved(first, shape)};
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const int64_t run = strides_of(out[0].type->shape)[static_cast<size_t>(attrs.as<PackAttrs>().axis)];
  const auto count = static_cast<int64_t>(in.size());
  for (int64_t k = 0; k < count; ++k)
    for (int64_t i = 0; i < in[0].type->elements(); ++i)
      copy_element(in[static_cast<size_t>(k)], i, out[0], (i / run * count + k) * run + i % run);
}

Translated read(const ForeignNode& node, const ForeignGraph& graph) {
  return {PackAttrs{axis_in(attr_or<int64_t>(node, "axis", 0), foreign_operand(node, graph, 0).type.rank() + 1)}, node.in};
}

bool write(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  node.version = version_by_type(node, graph);
  node.attrs = {{"values_count", static_cast<int64_t>(node.in.size())}, {"axis", attrs.as<PackAttrs>().axis}};
  return true;
}

constexpr ForeignMap kTflite[] = {{"PACK", read, write}};

}  // namespace

std::span<const OpDef> pack_ops() {
  static const OpDef kOps[] = {{.name = "pack",
                                .summary = "tensors of one shape along a new axis",
                                .min_in = 1,
                                .max_in = -1,
                                .attrs = PackAttrs{},
                                .infer = infer,
                                .eval = eval,
                                .tflite = kTflite}};
  return kOps;
}

}  // namespace thimble

#include "ops/gather.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/indexing.h"

namespace thimble {
namespace {

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const TensorType &x = operand_type(in, 0), &indices = operand_type(in, 1);
  const auto axis = static_cast<size_t>(axis_in(attrs.as<GatherAttrs>().axis, x.rank()));
  expect(indices.dtype == DType::I32 || indices.dtype == DType::I64 || indices.dtype == DType::I16,
         fmt::format("the indices are {}; they must be i16, i32 or i64", name_of(indices.dtype)));
  if (in[1].data)
    for (int64_t i : to_int64(in[1]))
      expect(i >= 0 && i < x.shape[axis], fmt::format("index {} does not exist along axis {} of {} elements", i, axis, x.shape[axis]));
  Shape shape(x.shape.begin(), x.shape.begin() + static_cast<std::ptrdiff_t>(axis));
  shape.insert(shape.end(), indices.shape.begin(), indices.shape.end());
  shape.insert(shape.end(), x.shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, x.shape.end());
  checked_elements(shape);
  return {moved(x, shape)};
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const Shape& shape = in[0].type->shape;
  const auto axis = static_cast<size_t>(attrs.as<GatherAttrs>().axis);
  const int64_t slice = strides_of(shape)[axis], block = slice * shape[axis];
  const auto indices = to_int64(in[1]);
  int64_t written = 0;
  for (int64_t start = 0; start < in[0].type->elements(); start += block)
    for (int64_t index : indices) {
      const int64_t at = start + std::clamp<int64_t>(index, 0, shape[axis] - 1) * slice;
      for (int64_t k = 0; k < slice; ++k) copy_element(in[0], at + k, out[0], written++);
    }
}

Translated read(const ForeignNode& node, const ForeignGraph& graph) {
  if (const auto batch = attr_or<int64_t>(node, "batch_dims", 0); batch != 0)
    throw Error(Blame::Unsupported, fmt::format("gathering with batch_dims {}", batch),
                "only batch_dims 0 is supported; gather without batches");
  return {GatherAttrs{axis_in(attr_or<int64_t>(node, "axis", 0), foreign_operand(node, graph, 0).type.rank())}, node.in};
}

bool write(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  node.version = version_by_type(node, graph);
  node.attrs = {{"axis", attrs.as<GatherAttrs>().axis}, {"batch_dims", int64_t{0}}};
  return true;
}

constexpr ForeignMap kTflite[] = {{"GATHER", read, write}};

}  // namespace

std::span<const OpDef> gather_ops() {
  static const OpDef kOps[] = {{.name = "gather",
                                .summary = "slices of a tensor picked by number",
                                .min_in = 2,
                                .max_in = 2,
                                .attrs = GatherAttrs{},
                                .infer = infer,
                                .eval = eval,
                                .tflite = kTflite}};
  return kOps;
}

}  // namespace thimble

#include "ops/indexing.h"

#include <fmt/format.h>

#include <limits>

namespace thimble {

const TensorType& operand_type(Inputs in, size_t i) {
  expect(i < in.size() && in[i], fmt::format("operand {} is missing", i));
  return *in[i].type;
}

TensorType moved(const TensorType& x, Shape shape) { return {x.dtype, std::move(shape), x.quant.per_channel() ? Quant{} : x.quant}; }

std::vector<int64_t> strides_of(const Shape& shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

int64_t checked_elements(const Shape& shape) {
  int64_t n = 1;
  for (int64_t d : shape) {
    expect(d >= 1, fmt::format("shape {} has an axis without elements", to_string(shape)));
    expect(d <= std::numeric_limits<int32_t>::max() / n,
           fmt::format("shape {} has more elements than any board can hold", to_string(shape)));
    n *= d;
  }
  return n;
}

int64_t axis_in(int64_t axis, int64_t rank) {
  expect(axis >= -rank && axis < rank, fmt::format("axis {} does not exist: the tensor has {} axes", axis, rank));
  return axis < 0 ? axis + rank : axis;
}

bool same_scale(const TensorType& a, const TensorType& b) {
  return !a.quant.quantised() || !b.quant.quantised() || (a.quant.scale == b.quant.scale && a.quant.zero == b.quant.zero);
}

void for_each_index(const Shape& shape, const std::function<void(const std::vector<int64_t>&)>& visit) {
  std::vector<int64_t> index(shape.size());
  while (true) {
    visit(index);
    size_t axis = shape.size();
    while (axis > 0 && ++index[axis - 1] == shape[axis - 1]) index[--axis] = 0;
    if (axis == 0) return;
  }
}

const ForeignTensor& foreign_operand(const ForeignNode& node, const ForeignGraph& graph, size_t i) {
  const ForeignTensor* tensor = graph.operand(node, i);
  expect(tensor != nullptr, fmt::format("operand {} is missing", i));
  return *tensor;
}

std::vector<int64_t> constant_operand(const ForeignNode& node, const ForeignGraph& graph, size_t i, std::string_view what) {
  if (!foreign_operand(node, graph, i).data)
    throw Error(Blame::Unsupported, fmt::format("the {} is computed while the model runs", what),
                fmt::format("export the model with fixed shapes, so that the {} is a constant", what));
  return to_int64(graph.view(node, i));
}

void append_operand(ForeignNode& node, ForeignGraph& graph, std::string_view what, const std::vector<int64_t>& values, Shape shape) {
  const std::vector<int32_t> narrow(values.begin(), values.end());
  ForeignTensor tensor;
  tensor.name = fmt::format("{}/{}", node.name, what);
  tensor.type.dtype = DType::I32;
  tensor.type.shape = std::move(shape);
  tensor.data = bytes_from<int32_t>(narrow);
  node.in.push_back(static_cast<int>(graph.tensors.size()));
  graph.tensors.push_back(std::move(tensor));
}

void append_operand(ForeignNode& node, ForeignGraph& graph, std::string_view what, const std::vector<int64_t>& values) {
  append_operand(node, graph, what, values, {static_cast<int64_t>(values.size())});
}

int version_by_type(const ForeignNode& node, const ForeignGraph& graph) {
  return foreign_operand(node, graph, 0).type.dtype == DType::I8 ? 2 : 1;
}

}  // namespace thimble

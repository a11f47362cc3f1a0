#include "ops/reshape.h"

#include <fmt/format.h>

#include <algorithm>

#include "ops/indexing.h"

namespace thimble {
namespace {

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const TensorType& x = operand_type(in, 0);
  const Shape& shape = attrs.as<ReshapeAttrs>().shape;
  expect(checked_elements(shape) == x.elements(), fmt::format("{} cannot be reshaped to {}: {} elements against {}", to_string(x.shape),
                                                              to_string(shape), x.elements(), checked_elements(shape)));
  return {moved(x, shape)};
}

void eval(const Attrs&, Inputs in, Outputs out) { std::memcpy(out[0].data, in[0].data, static_cast<size_t>(out[0].type->bytes())); }

/// Replaces the one -1 of a target shape by what the number of elements leaves for it.
Shape resolve(Shape shape, int64_t elements) {
  const auto free = std::find(shape.begin(), shape.end(), -1);
  if (free == shape.end()) return shape;
  *free = 1;
  const int64_t rest = checked_elements(shape);
  expect(elements % rest == 0, fmt::format("{} elements cannot be reshaped to rows of {}", elements, rest));
  *free = elements / rest;
  return shape;
}

/// The target comes from the shape operand, else from the option, else (a shape computed at run time) from what the file says of the
/// output.
Shape target_shape(const ForeignNode& node, const ForeignGraph& graph) {
  const ForeignTensor* shape = graph.operand(node, 1);
  if (!shape || shape->type.rank() != 1) return attr_or<std::vector<int64_t>>(node, "new_shape", {});
  if (shape->data) return to_int64(graph.view(node, 1));
  if (!node.out.empty() && node.out[0] >= 0) {
    const TensorType& declared = graph.tensors[static_cast<size_t>(node.out[0])].type;
    if (declared.elements() == foreign_operand(node, graph, 0).type.elements()) return declared.shape;
  }
  return constant_operand(node, graph, 1, "shape");
}

Translated read_reshape(const ForeignNode& node, const ForeignGraph& graph) {
  return {ReshapeAttrs{resolve(target_shape(node, graph), foreign_operand(node, graph, 0).type.elements())}, {node.in[0]}};
}

Translated read_squeeze(const ForeignNode& node, const ForeignGraph& graph) {
  const Shape& from = foreign_operand(node, graph, 0).type.shape;
  const auto rank = static_cast<int64_t>(from.size());
  auto dims = attr_or<std::vector<int64_t>>(node, "squeeze_dims", {});
  for (int64_t& d : dims) {
    d = axis_in(d, rank);
    expect(from[static_cast<size_t>(d)] == 1, fmt::format("axis {} of {} cannot be squeezed: it is not 1", d, to_string(from)));
  }
  Shape to;
  for (int64_t d = 0; d < rank; ++d) {
    const bool drop = dims.empty() ? from[static_cast<size_t>(d)] == 1 : std::find(dims.begin(), dims.end(), d) != dims.end();
    if (!drop) to.push_back(from[static_cast<size_t>(d)]);
  }
  return {ReshapeAttrs{to}, {node.in[0]}};
}

Translated read_expand_dims(const ForeignNode& node, const ForeignGraph& graph) {
  Shape shape = foreign_operand(node, graph, 0).type.shape;
  const auto axis = constant_operand(node, graph, 1, "axis");
  expect(axis.size() == 1, fmt::format("one axis is added at a time, not {}", axis.size()));
  shape.insert(shape.begin() + axis_in(axis[0], static_cast<int64_t>(shape.size()) + 1), 1);
  return {ReshapeAttrs{shape}, {node.in[0]}};
}

bool write_reshape(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  const Shape& shape = attrs.as<ReshapeAttrs>().shape;
  append_operand(node, graph, "shape", shape);
  node.attrs = {{"new_shape", shape}};
  return true;
}

bool never(const Attrs&, ForeignNode&, ForeignGraph&) { return false; }

constexpr ForeignMap kTflite[] = {
    {"RESHAPE", read_reshape, write_reshape}, {"SQUEEZE", read_squeeze, never}, {"EXPAND_DIMS", read_expand_dims, never}};

}  // namespace

std::span<const OpDef> reshape_ops() {
  static const OpDef kOps[] = {{.name = "reshape",
                                .summary = "the same elements under another shape",
                                .attrs = ReshapeAttrs{},
                                .infer = infer,
                                .eval = eval,
                                .tflite = kTflite}};
  return kOps;
}

}  // namespace thimble

/// What the ops that only move data share: walking over tensors element by element, and reading the constant operands (shapes, axes,
/// paddings) by which another format says where the elements go.
#pragma once

#include <cstring>
#include <functional>

#include "ops/arithmetic.h"

namespace thimble {

/// The type of operand `i`; a User error when it is absent.
const TensorType& operand_type(Inputs in, size_t i);

/// `x`'s elements under another shape: same type, and the same scale where there is one for the whole tensor.
TensorType moved(const TensorType& x, Shape shape);

/// Elements between neighbours along each axis.
std::vector<int64_t> strides_of(const Shape& shape);

/// Elements of a shape from a file: a User error for dimensions below 1 and for more elements than an int32 counts.
int64_t checked_elements(const Shape& shape);

/// An axis counted from the front; a User error when the tensor lacks it.
int64_t axis_in(int64_t axis, int64_t rank);

/// True when bytes of `a` mean the same in `b`.
bool same_scale(const TensorType& a, const TensorType& b);

/// Calls `visit` with every index of `shape`, the last axis fastest.
void for_each_index(const Shape& shape, const std::function<void(const std::vector<int64_t>&)>& visit);

/// Copies element `i` of one tensor to element `j` of another of the same type.
inline void copy_element(const TensorView& from, int64_t i, const TensorView& to, int64_t j) {
  const int64_t size = bytes_of(from.type->dtype);
  std::memcpy(to.data + j * size, from.data + i * size, static_cast<size_t>(size));
}

/// Operand `i` of a foreign node; a User error when it is absent.
const ForeignTensor& foreign_operand(const ForeignNode& node, const ForeignGraph& graph, size_t i);

/// The whole numbers in operand `i`, which is "the `what`"; Unsupported unless they are constant.
std::vector<int64_t> constant_operand(const ForeignNode& node, const ForeignGraph& graph, size_t i, std::string_view what);

/// Adds an int32 constant of that shape to a foreign graph and makes it the node's last operand.
void append_operand(ForeignNode& node, ForeignGraph& graph, std::string_view what, const std::vector<int64_t>& values, Shape shape);
/// The same for a vector as long as `values`.
void append_operand(ForeignNode& node, ForeignGraph& graph, std::string_view what, const std::vector<int64_t>& values);

/// 2 where the first operand is int8, else 1: the version by which TFLite marks many ops of this kind.
int version_by_type(const ForeignNode& node, const ForeignGraph& graph);

}  // namespace thimble

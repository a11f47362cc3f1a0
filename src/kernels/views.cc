#include "kernels/views.h"

#include <algorithm>

#include "ops/concat.h"
#include "ops/indexing.h"
#include "ops/pack.h"
#include "ops/split.h"
#include "ops/strided_slice.h"
#include "ops/unpack.h"

namespace thimble {
namespace {

bool outermost(const Shape& shape, int64_t axis) {
  return std::all_of(shape.begin(), shape.begin() + axis, [](int64_t size) { return size == 1; });
}

/// Offsets of values that lie one after the other.
std::vector<int64_t> side_by_side(const std::vector<ValueId>& ids, const Graph& graph) {
  std::vector<int64_t> offsets;
  int64_t end = 0;
  for (ValueId id : ids) {
    offsets.push_back(end);
    end += graph.type(id).bytes();
  }
  return offsets;
}

/// Element after element: the first axis that takes several steps takes steps of one, and those after it are whole.
std::vector<int64_t> slice_offset(const StridedSliceAttrs& a, const TensorType& x) {
  const auto strides = strides_of(x.shape);
  int64_t first = 0;
  bool cut = false;  // an axis before this one has several steps
  for (size_t i = 0; i < strides.size(); ++i) {
    if (cut && a.size[i] != x.shape[i]) return {};
    if (a.size[i] > 1 && a.step[i] != 1) return {};
    cut = cut || a.size[i] > 1;
    first += a.begin[i] * strides[i];
  }
  return {first * bytes_of(x.dtype)};
}

}  // namespace

std::vector<int64_t> operands_in_output(const Node& node, const Graph& graph) {
  const Shape& out = graph.type(node.out[0]).shape;
  if (node.op->name == "concat" && outermost(out, node.attrs.as<ConcatAttrs>().axis)) return side_by_side(node.in, graph);
  if (node.op->name == "pack" && outermost(out, node.attrs.as<PackAttrs>().axis)) return side_by_side(node.in, graph);
  return {};
}

std::vector<int64_t> outputs_in_operand(const Node& node, const Graph& graph) {
  const TensorType& x = graph.type(node.in[0]);
  if (node.op->name == "split" && outermost(x.shape, node.attrs.as<SplitAttrs>().axis)) return side_by_side(node.out, graph);
  if (node.op->name == "unpack" && outermost(x.shape, node.attrs.as<UnpackAttrs>().axis)) return side_by_side(node.out, graph);
  if (node.op->name == "strided_slice") return slice_offset(node.attrs.as<StridedSliceAttrs>(), x);
  return {};
}

}  // namespace thimble

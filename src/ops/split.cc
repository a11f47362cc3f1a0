#include "ops/split.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "ops/indexing.h"

namespace thimble {
namespace {

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const auto& a = attrs.as<SplitAttrs>();
  const TensorType& x = operand_type(in, 0);
  const int64_t whole = x.shape[static_cast<size_t>(axis_in(a.axis, x.rank()))];
  std::vector<TensorType> types;
  int64_t total = 0;
  for (int64_t size : a.sizes) {
    expect(size >= 1 && size <= whole, fmt::format("a part of {} elements cannot be cut from an axis of {}", size, whole));
    total += size;
    Shape shape = x.shape;
    shape[static_cast<size_t>(a.axis)] = size;
    types.push_back(moved(x, shape));
  }
  expect(total == whole, fmt::format("the parts {} do not add up to the {} elements of axis {}", fmt::join(a.sizes, ","), whole, a.axis));
  return types;
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const auto axis = static_cast<size_t>(attrs.as<SplitAttrs>().axis);
  const auto strides = strides_of(in[0].type->shape);
  int64_t before = 0;
  for (const TensorView& y : out) {
    int64_t written = 0;
    for_each_index(y.type->shape, [&](const std::vector<int64_t>& index) {
      int64_t at = before * strides[axis];
      for (size_t i = 0; i < index.size(); ++i) at += index[i] * strides[i];
      copy_element(in[0], at, y, written++);
    });
    before += y.type->shape[axis];
  }
}

/// The axis in operand `i`, of the tensor in operand `tensor`.
int64_t read_axis(const ForeignNode& node, const ForeignGraph& graph, size_t i, size_t tensor) {
  const auto axis = constant_operand(node, graph, i, "axis");
  expect(axis.size() == 1, fmt::format("a tensor is split along one axis, not {}", axis.size()));
  return axis_in(axis[0], foreign_operand(node, graph, tensor).type.rank());
}

Translated read_split(const ForeignNode& node, const ForeignGraph& graph) {
  const int64_t axis = read_axis(node, graph, 0, 1);
  const int64_t whole = foreign_operand(node, graph, 1).type.shape[static_cast<size_t>(axis)];
  const auto parts = static_cast<int64_t>(node.out.size());
  expect(parts >= 1 && whole % parts == 0, fmt::format("{} elements cannot be split into {} equal parts", whole, parts));
  return {SplitAttrs{axis, std::vector<int64_t>(node.out.size(), whole / parts)}, {node.in[1]}};
}

Translated read_split_v(const ForeignNode& node, const ForeignGraph& graph) {
  const int64_t axis = read_axis(node, graph, 2, 0);
  auto sizes = constant_operand(node, graph, 1, "list of sizes");
  if (const auto free = std::find(sizes.begin(), sizes.end(), -1); free != sizes.end()) {
    *free = 0;
    int64_t taken = 0;
    for (int64_t size : sizes) {
      expect(size >= 0 && size <= INT32_MAX, fmt::format("a part cannot have {} elements", size));
      taken += size;
    }
    *free = foreign_operand(node, graph, 0).type.shape[static_cast<size_t>(axis)] - taken;
  }
  return {SplitAttrs{axis, sizes}, {node.in[0]}};
}

bool write_split(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  const auto& a = attrs.as<SplitAttrs>();
  if (std::any_of(a.sizes.begin(), a.sizes.end(), [&](int64_t size) { return size != a.sizes[0]; })) return false;
  node.version = version_by_type(node, graph);
  append_operand(node, graph, "axis", {a.axis}, {});
  std::swap(node.in[0], node.in[1]);
  node.attrs = {{"num_splits", static_cast<int64_t>(a.sizes.size())}};
  return true;
}

bool write_split_v(const Attrs& attrs, ForeignNode& node, ForeignGraph& graph) {
  const auto& a = attrs.as<SplitAttrs>();
  node.version = version_by_type(node, graph);
  append_operand(node, graph, "sizes", a.sizes);
  append_operand(node, graph, "axis", {a.axis}, {});
  node.attrs = {{"num_splits", static_cast<int64_t>(a.sizes.size())}};
  return true;
}

constexpr ForeignMap kTflite[] = {{"SPLIT", read_split, write_split}, {"SPLIT_V", read_split_v, write_split_v}};

}  // namespace

std::span<const OpDef> split_ops() {
  static const OpDef kOps[] = {{.name = "split",
                                .summary = "one tensor cut along one axis",
                                .outputs = -1,
                                .attrs = SplitAttrs{},
                                .infer = infer,
                                .eval = eval,
                                .tflite = kTflite}};
  return kOps;
}

}  // namespace thimble

#include "ops/pad.h"

#include <algorithm>

#include "kernels/packing.h"
#include "kernels/strided_copy.h"
#include "ops/indexing.h"

namespace thimble {
namespace {

bool mirrors(const Node& node) { return node.attrs.as<PadAttrs>().mode != PadMode::Constant; }

std::optional<std::string> refuses_constant(const Node& node, const Graph& graph) {
  return refuse_unless({{!mirrors(node), "the border is mirrored"},
                        {!present(node, 1) || is_constant(graph, node, 1), "the value of the border is not constant"}});
}

std::optional<std::string> refuses_mirror(const Node& node, const Graph&) {
  return refuse_unless({{mirrors(node), "the border is not mirrored"}});
}

/// The input in the middle of the output.
StridedCopy middle(const Node& node, const Graph& graph) {
  const Shape& from = graph.type(node.in[0]).shape;
  const auto to = strides_of(graph.type(node.out[0]).shape);
  StridedCopy copy = block(from, strides_of(from), to);
  for (size_t i = 0; i < to.size(); ++i) copy.to += node.attrs.as<PadAttrs>().before[i] * to[i];
  return copy;
}

std::vector<int8_t> border_bytes(const Node& node, const Graph& graph) {
  const TensorType& y = graph.type(node.out[0]);
  std::vector<int8_t> value(static_cast<size_t>(bytes_of(y.dtype)));
  if (present(node, 1))
    std::memcpy(value.data(), graph.value(node.in[1]).data->data(), value.size());
  else if ((y.dtype == DType::I8 || y.dtype == DType::U8) && y.quant.quantised())
    value[0] = static_cast<int8_t>(y.quant.zero[0]);
  return value;
}

KernelCall fill(const Node& node, const Graph& graph) {
  const std::vector<int8_t> value = border_bytes(node, graph);
  const int64_t bytes = graph.type(node.out[0]).bytes();
  if (std::equal(value.begin() + 1, value.end(), value.begin()))
    return KernelCall("thimble_pad_bytes")
        .output(0)
        .geometry("thimble_pad_bytes_shape", {{"bytes", c_literal(bytes)}, {"value", c_literal(int64_t{value[0]})}});
  return KernelCall("thimble_pad_elements")
      .output(0)
      .constant("value", value)
      .geometry("thimble_pad_elements_shape",
                {{"bytes", c_literal(bytes)}, {"element_bytes", c_literal(static_cast<int64_t>(value.size()))}});
}

KernelCall lower_constant(const Node& node, const Graph& graph) {
  return fill(node, graph).then(copy_call(middle(node, graph), element_bytes(node, graph), 0, 0));
}

/// Mirrors axis after axis, the last one first, out of what already stands in the output: `extent` is how much of each axis does.
KernelCall lower_mirror(const Node& node, const Graph& graph) {
  const auto& a = node.attrs.as<PadAttrs>();
  const Shape &from = graph.type(node.in[0]).shape, &to = graph.type(node.out[0]).shape;
  const auto strides = strides_of(to);
  const int64_t bytes = element_bytes(node, graph), edge = a.mode == PadMode::Symmetric ? 1 : 0;
  StridedCopy copy = middle(node, graph);
  std::vector<KernelCall> calls = {copy_call(copy, bytes, 0, 0)};
  Shape extent = from;
  int64_t corner = copy.to;
  for (size_t axis = from.size(); axis-- > 0;) {
    const auto mirror = [&](int64_t border, int64_t read, int64_t write) {
      if (border == 0) return;
      StridedCopy slab = block(extent, strides, strides);
      slab.axes[axis] = {border, -strides[axis], strides[axis]};
      slab.from = corner + read * strides[axis];
      slab.to = corner + write * strides[axis];
      calls.push_back(copy_within_output(slab, bytes));
    };
    mirror(a.before[axis], a.before[axis] - edge, -a.before[axis]);
    mirror(a.after[axis], from[axis] - 2 + edge, from[axis]);
    corner -= a.before[axis] * strides[axis];
    extent[axis] = to[axis];
  }
  return in_order(std::move(calls));
}

}  // namespace

std::span<const Kernel> pad_kernels() {
  static const Kernel kRows[] = {{.name = "pad_constant_ref",
                                  .source = "kernels/pad_ref.h",
                                  .op = "pad",
                                  .refuses = refuses_constant,
                                  .cycles = cycles_per_output<4>,
                                  .lower = lower_constant},
                                 {.name = "pad_mirror_ref",
                                  .source = kStridedCopySource,
                                  .op = "pad",
                                  .refuses = refuses_mirror,
                                  .cycles = cycles_per_output<4>,
                                  .lower = lower_mirror}};
  return kRows;
}

}  // namespace thimble

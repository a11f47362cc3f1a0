#include "kernels/strided_copy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "kernels/packing.h"

namespace thimble {
namespace {

constexpr size_t kAxes = 6;

/// True when the innermost axis is a run of neighbours on both sides.
bool contiguous(const StridedCopy& copy) { return !copy.axes.empty() && copy.axes.back().from == 1 && copy.axes.back().to == 1; }

KernelCall& add_geometry(KernelCall& call, const StridedCopy& copy, int64_t bytes) {
  StridedCopy outer = copy;
  int64_t run = bytes;
  if (contiguous(outer)) {
    run *= outer.axes.back().size;
    outer.axes.pop_back();
  }
  require(outer.axes.size() <= kAxes, "a copy of more axes than a call has");
  outer.axes.insert(outer.axes.begin(), kAxes - outer.axes.size(), CopyAxis{1, 0, 0});
  std::vector<int64_t> size, from, to;
  for (const CopyAxis& axis : outer.axes) {
    size.push_back(axis.size);
    from.push_back(axis.from * bytes);
    to.push_back(axis.to * bytes);
  }
  const auto list = [](const std::vector<int64_t>& values) { return fmt::format("{{{}}}", fmt::join(values, ", ")); };
  return call.geometry("thimble_strided_copy_shape",
                       {{"run", c_literal(run)}, {"size", list(size)}, {"from", list(from)}, {"to", list(to)}});
}

}  // namespace

StridedCopy simplified(StridedCopy copy) {
  std::vector<CopyAxis> kept;
  for (const CopyAxis& axis : copy.axes) {
    if (axis.size == 1) continue;
    if (!kept.empty() && kept.back().from == axis.from * axis.size && kept.back().to == axis.to * axis.size)
      kept.back() = {kept.back().size * axis.size, axis.from, axis.to};
    else
      kept.push_back(axis);
  }
  copy.axes = std::move(kept);
  return copy;
}

bool fits_call(const StridedCopy& copy) {
  const StridedCopy simple = simplified(copy);
  return simple.axes.size() <= kAxes + contiguous(simple);
}

KernelCall copy_call(const StridedCopy& copy, int64_t element_bytes, int input, int output) {
  KernelCall call("thimble_strided_copy");
  call.input(input, copy.from * element_bytes).output(output, copy.to * element_bytes);
  return add_geometry(call, simplified(copy), element_bytes);
}

KernelCall copy_within_output(const StridedCopy& copy, int64_t element_bytes) {
  KernelCall call("thimble_strided_copy");
  call.output(0, copy.from * element_bytes).output(0, copy.to * element_bytes);
  return add_geometry(call, simplified(copy), element_bytes);
}

KernelCall in_order(std::vector<KernelCall> calls) {
  require(!calls.empty(), "a node that makes no call");
  KernelCall first = std::move(calls.front());
  for (size_t i = 1; i < calls.size(); ++i) first.then(std::move(calls[i]));
  return first;
}

StridedCopy block(const Shape& shape, const std::vector<int64_t>& from, const std::vector<int64_t>& to) {
  StridedCopy copy;
  for (size_t i = 0; i < shape.size(); ++i) copy.axes.push_back({shape[i], from[i], to[i]});
  return copy;
}

int64_t element_bytes(const Node& node, const Graph& graph) { return bytes_of(graph.type(node.out[0]).dtype); }

Kernel strided_copy_row(std::string_view name, std::string_view op, KernelCall (*lower)(const Node&, const Graph&)) {
  Kernel row;
  row.name = name;
  row.source = kStridedCopySource;
  row.op = op;
  row.cycles = cycles_per_output<4>;
  row.lower = lower;
  return row;
}

}  // namespace thimble

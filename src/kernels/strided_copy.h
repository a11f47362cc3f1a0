/// How the kernels of ops that only move data say what moves where: one call of thimble_strided_copy per block.
#pragma once

#include "kernels/kernel.h"

namespace thimble {

constexpr std::string_view kStridedCopySource = "kernels/strided_copy_ref.h";

/// One axis of a block: how many steps, and elements from one step to the next on either side.
struct CopyAxis {
  int64_t size, from, to;
  bool operator==(const CopyAxis&) const = default;
};

/// A block that moves: its axes, outermost first, and the first element on either side.
struct StridedCopy {
  std::vector<CopyAxis> axes;
  int64_t from = 0, to = 0;

  bool operator==(const StridedCopy&) const = default;
};

/// The block with as few axes as describe it: axes of one step fall away, neighbours that continue each other join.
StridedCopy simplified(StridedCopy copy);

/// True when the copy fits a call: after simplification, six axes and a contiguous run.
bool fits_call(const StridedCopy& copy);

/// The call that moves the block from operand `input` to output `output`, whose elements have `element_bytes`.
KernelCall copy_call(const StridedCopy& copy, int64_t element_bytes, int input, int output);

/// The call that moves the block within output 0; the places read and written must not overlap.
KernelCall copy_within_output(const StridedCopy& copy, int64_t element_bytes);

/// The first call with all others to follow it; there must be one.
KernelCall in_order(std::vector<KernelCall> calls);

/// A block as large as `shape` between layouts of the given strides (elements, one per axis of `shape`).
StridedCopy block(const Shape& shape, const std::vector<int64_t>& from, const std::vector<int64_t>& to);

/// Bytes of an element of the node's first output.
int64_t element_bytes(const Node& node, const Graph& graph);

/// A row whose kernel is thimble_strided_copy.
Kernel strided_copy_row(std::string_view name, std::string_view op, KernelCall (*lower)(const Node&, const Graph&));

}  // namespace thimble

#include "ir/foreign.h"

namespace thimble {

TensorView ForeignGraph::view(const ForeignNode& node, size_t i) const {
  const ForeignTensor* tensor = operand(node, i);
  if (!tensor) return {};
  // Views are read-only by contract; the pointer type is shared with the writable ones.
  return {&tensor->type, tensor->data ? const_cast<std::byte*>(tensor->data->data()) : nullptr};
}

}  // namespace thimble

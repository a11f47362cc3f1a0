/// A window of samples through one signal block. The interpreter runs the very C that the others do, so they must agree to the bit.
#pragma once

#include "cases/op_case.h"
#include "dsp/block.h"

namespace thimble::testing {

inline OpCase block_case(std::string_view block, std::string_view name, int64_t samples, int64_t axes, const AttrBag& attrs = {}) {
  const OpDef& op = block_named(block).op;
  OpCase c{.name = std::string(block) + "/" + std::string(name), .graph = {}};
  c.graph.name = op.name;
  const ValueId x = c.graph.add_input("samples", {DType::F32, {samples, axes}, {}});
  c.graph.outputs = {c.graph.add_node(op, "features", {x}, op.attrs.with(attrs))};
  c.records = 2;
  c.exact = true;
  c.tflite = false;
  return c;
}

}  // namespace thimble::testing

#include "ops/shape.h"

#include "ops/indexing.h"

namespace thimble {
namespace {

std::vector<TensorType> infer(const Attrs& attrs, Inputs in) {
  const TensorType& x = operand_type(in, 0);
  expect(x.rank() >= 1, "a scalar has no shape to speak of");
  return {{attrs.as<ShapeAttrs>().wide ? DType::I64 : DType::I32, {x.rank()}, {}}};
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const Shape& shape = in[0].type->shape;
  for (size_t i = 0; i < shape.size(); ++i)
    if (attrs.as<ShapeAttrs>().wide)
      out[0].as<int64_t>()[i] = shape[i];
    else
      out[0].as<int32_t>()[i] = static_cast<int32_t>(shape[i]);
}

Translated read(const ForeignNode& node, const ForeignGraph& graph) {
  expect(!node.out.empty() && node.out[0] >= 0, "output 0 is missing");
  return {ShapeAttrs{graph.tensors[static_cast<size_t>(node.out[0])].type.dtype == DType::I64}, node.in};
}

bool write(const Attrs& attrs, ForeignNode& node, ForeignGraph&) {
  node.attrs = {{"out_type", std::string(attrs.as<ShapeAttrs>().wide ? "INT64" : "INT32")}};
  return true;
}

constexpr ForeignMap kTflite[] = {{"SHAPE", read, write}};

}  // namespace

std::span<const OpDef> shape_ops() {
  static const OpDef kOps[] = {{.name = "shape",
                                .summary = "the shape of a tensor as numbers",
                                .attrs = ShapeAttrs{},
                                .infer = infer,
                                .eval = eval,
                                .tflite = kTflite}};
  return kOps;
}

}  // namespace thimble

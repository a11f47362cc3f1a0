// Skeleton of src/ops/example.cc: everything the toolchain knows about an op. y = factor * x.
#include "example.h"

namespace thimble {
namespace {

std::vector<TensorType> infer(const Attrs&, Inputs in) {
  expect(in[0].type->dtype == DType::F32, "the input must be float");
  return {{DType::F32, in[0].type->shape, {}}};
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const auto x = in[0].as<const float>();
  const auto y = out[0].as<float>();
  const auto factor = static_cast<float>(attrs.as<ExampleAttrs>().factor);
  for (size_t i = 0; i < x.size(); ++i) y[i] = factor * x[i];
}

Translated read(const ForeignNode& node, const ForeignGraph&) { return {ExampleAttrs{attr_or<int64_t>(node, "factor", 2)}, node.in}; }

bool write(const Attrs& attrs, ForeignNode& node, ForeignGraph&) {
  node.attrs = {{"factor", attrs.as<ExampleAttrs>().factor}};
  return true;
}

constexpr ForeignMap kTflite[] = {{"EXAMPLE", read, write}};  // the name in TFLite's schema; leave out what TFLite does not have

}  // namespace

std::span<const OpDef> example_ops() {
  static const OpDef kOps[] = {{.name = "example",
                                .summary = "every element times a whole number",
                                .attrs = ExampleAttrs{},
                                .infer = infer,
                                .eval = eval,
                                .tflite = kTflite}};
  return kOps;
}

}  // namespace thimble

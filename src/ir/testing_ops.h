/// Two tiny ops for the tests of this folder, which may know no real one.
#pragma once

#include "ir/graph.h"

namespace thimble::testing {

struct ScaleAttrs {
  int64_t by = 1;
  template <class V>
  void fields(V&& v) {
    v("by", by, "factor");
  }
};

/// y = x * by (int32), of the shape of x.
inline const OpDef& scale_op() {
  static const OpDef kOp{.name = "scale",
                         .summary = "x times a literal",
                         .attrs = ScaleAttrs{},
                         .infer =
                             [](const Attrs&, Inputs in) {
                               if (in[0].type->dtype != DType::I32) throw Error(Blame::User, "the input is not int32");
                               return std::vector<TensorType>{{DType::I32, in[0].type->shape, {}}};
                             },
                         .eval =
                             [](const Attrs& attrs, Inputs in, Outputs out) {
                               const auto x = in[0].as<const int32_t>();
                               const auto y = out[0].as<int32_t>();
                               for (size_t i = 0; i < x.size(); ++i) y[i] = x[i] * static_cast<int32_t>(attrs.as<ScaleAttrs>().by);
                             },
                         .macs = [](const Attrs&, Inputs in, Outputs) { return in[0].type->elements(); }};
  return kOp;
}

/// sum += x; y = sum. Operand 1 is the state.
inline const OpDef& accumulate_op() {
  static constexpr int kState[] = {1};
  static const OpDef kOp{.name = "accumulate",
                         .summary = "running sum",
                         .min_in = 2,
                         .max_in = 2,
                         .infer =
                             [](const Attrs&, Inputs in) {
                               return std::vector<TensorType>{{DType::I32, in[0].type->shape, {}}};
                             },
                         .eval =
                             [](const Attrs&, Inputs in, Outputs out) {
                               const auto x = in[0].as<const int32_t>();
                               const auto sum = in[1].as<int32_t>(), y = out[0].as<int32_t>();
                               for (size_t i = 0; i < x.size(); ++i) y[i] = sum[i] += x[i];
                             },
                         .state_in = kState};
  return kOp;
}

}  // namespace thimble::testing

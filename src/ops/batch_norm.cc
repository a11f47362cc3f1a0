#include "ops/batch_norm.h"

#include <cmath>

#include "ops/checks.h"
#include "ops/ops.h"

namespace thimble {
namespace {

std::vector<TensorType> infer(const Attrs&, Inputs in) {
  const TensorType& x = *in[0].type;
  expect_dtype("batch_norm", x.dtype, {DType::F32});
  expect(x.rank() > 0, "the input must have channels as its last axis");
  for (size_t i = 1; i < 5; ++i)
    expect(in[i] && in[i].type->dtype == DType::F32 && in[i].type->elements() == x.shape.back(),
           "gamma, beta, mean and variance must be float, one for each of the " + std::to_string(x.shape.back()) + " channels");
  return {{x.dtype, x.shape, {}}};
}

void eval(const Attrs& attrs, Inputs in, Outputs out) {
  const ChannelAffine affine = batch_norm_affine(attrs.as<BatchNormAttrs>(), in[1].as<const float>(), in[2].as<const float>(),
                                                 in[3].as<const float>(), in[4].as<const float>());
  const auto x = in[0].as<const float>();
  const auto y = out[0].as<float>();
  for (size_t i = 0; i < x.size(); ++i) {
    const size_t c = i % affine.scale.size();
    y[i] = x[i] * affine.scale[c] + affine.shift[c];
  }
}

}  // namespace

ChannelAffine batch_norm_affine(const BatchNormAttrs& attrs, std::span<const float> gamma, std::span<const float> beta,
                                std::span<const float> mean, std::span<const float> variance) {
  ChannelAffine affine;
  for (size_t c = 0; c < gamma.size(); ++c) {
    const double scale = static_cast<double>(gamma[c]) / std::sqrt(static_cast<double>(variance[c]) + attrs.epsilon);
    affine.scale.push_back(static_cast<float>(scale));
    affine.shift.push_back(static_cast<float>(static_cast<double>(beta[c]) - static_cast<double>(mean[c]) * scale));
  }
  return affine;
}

std::span<const OpDef> batch_norm_ops() {
  static const OpDef kOps[] = {{.name = "batch_norm",
                                .summary = "each channel shifted and scaled to mean 0 and variance 1, then as learnt",
                                .min_in = 5,
                                .max_in = 5,
                                .attrs = BatchNormAttrs{},
                                .infer = infer,
                                .eval = eval}};
  return kOps;
}

}  // namespace thimble

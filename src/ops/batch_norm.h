/// Each channel shifted and scaled to mean 0 and variance 1, then by what was learnt: (x - mean) / sqrt(variance + epsilon) * gamma + beta.
/// Operands: x, gamma, beta, mean, variance; channels are the last axis. On the way to a device it goes into the layer before it.
#pragma once

#include <vector>

#include "ops/arithmetic.h"

namespace thimble {

struct BatchNormAttrs {
  double epsilon = 1e-3;
  template <class V>
  void fields(V&& v) {
    v("epsilon", epsilon, "added to the variance", at_least(0));
  }
};

/// The same as one multiplication and one addition per channel: y = x * scale + shift.
struct ChannelAffine {
  std::vector<float> scale, shift;
};
ChannelAffine batch_norm_affine(const BatchNormAttrs& attrs, std::span<const float> gamma, std::span<const float> beta,
                                std::span<const float> mean, std::span<const float> variance);

}  // namespace thimble

/// Rounding as int8 does it, with gradients that pass through (straight-through estimator).
#pragma once

#include "compress/scales.h"
#include "ir/graph.h"

namespace at {
class Tensor;
}

namespace thimble {

/// `x` at the codes of `quant`. What lies outside passes no gradient to x, but to the bound that it hit; the rounding error inside moves
/// both. `bounds`: the range in force as two numbers, low and high, through which the gradient goes on; undefined: the scale is given.
at::Tensor round_activation(const at::Tensor& x, const Quant& quant, const at::Tensor& bounds);

/// Weights at their codes, a scale for each index of `axis` of the kept tensor.
at::Tensor round_weights(const at::Tensor& weights, const Quant& quant, int64_t axis);

}  // namespace thimble

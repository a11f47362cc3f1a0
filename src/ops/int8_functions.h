/// Functions of one int8 number that the TFLite reference works out in integers, not by a table of the real function.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

/// Maps one number to another: `in` and `out` tell their scales and zero points.
using Int8Function = int8_t(const Attrs&, int32_t x, const TensorType& in, const TensorType& out);

Int8Function relu_int8, relu6_int8, relu_n1_to_1_int8, relu_0_to_1_int8, leaky_relu_int8, abs_int8, sqrt_int8, rsqrt_int8, hard_swish_int8;

}  // namespace thimble

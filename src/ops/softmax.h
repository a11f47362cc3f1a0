/// exp(beta * x) over its sum along the last axis, and the logarithm of that.
///
/// int8 follows the fixed-point reference of TensorFlow Lite for Microcontrollers. TensorFlow Lite on desktops looks float exponentials
/// up in a table, so it may differ by one step. int16 is by tables in both.
#pragma once

#include <vector>

#include "ops/arithmetic.h"

namespace thimble {

struct SoftmaxAttrs {
  double beta = 1;
  bool wide_output = false;
  template <class V>
  void fields(V&& v) {
    v("beta", beta, "factor on the input");
    v("wide_output", wide_output, "int16 results from an int8 input");
  }
};

/// How int8 differences from the row's maximum become Q5.26 fixed-point exponents.
struct SoftmaxScaling {
  Multiplier multiplier;
  int32_t diff_min = 0;  ///< smaller differences count as minus infinity
};
SoftmaxScaling softmax_scaling(double beta, const TensorType& input);

/// How int16 differences become parts of [-10, 0], which 2^16 - 1 steps stand for; the tables of exp over that and of 1 / (1 + x) over
/// [0, 1] (ops/int16_functions.h).
Multiplier softmax_scaling_int16(double beta, const TensorType& input);
std::vector<int16_t> softmax_exp_table();
std::vector<int16_t> softmax_reciprocal_table();

/// The way back, from Q5.26 to differences; log-softmax needs it to know what saturates.
Multiplier log_softmax_reverse(const SoftmaxScaling& scaling);

}  // namespace thimble

/// Sum, mean, maximum and minimum over axes.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

struct ReduceAttrs {
  std::vector<int64_t> axes;
  bool keep_dims = false;
  template <class V>
  void fields(V&& v) {
    v("axes", axes, "the axes that are reduced, counted from the front");
    v("keep_dims", keep_dims, "reduced axes stay, as axes of one element");
  }
};

/// One flag per axis of a tensor of that rank: is it reduced? A user error for axes that do not exist.
std::vector<bool> reduced_axes(const ReduceAttrs& attrs, int64_t rank);

/// How many elements of `x` make one result.
int64_t reduced_count(const ReduceAttrs& attrs, const TensorType& x);

/// What takes an int8 or int16 sum of real zeros and `count` elements to the output's scale; with `mean` it divides by `count` too, by
/// TFLite's rule: the mantissa is shifted left by one less than the count has bits, then divided.
Multiplier sum_multiplier(const TensorType& x, const TensorType& y);
Multiplier mean_multiplier(const TensorType& x, const TensorType& y, int64_t count);

}  // namespace thimble

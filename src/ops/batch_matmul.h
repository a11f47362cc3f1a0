/// Matrix products over the last two axes; the leading axes are a batch and broadcast.
#pragma once

#include <array>

#include "ops/arithmetic.h"

namespace thimble {

struct BatchMatmulAttrs {
  bool adj_x = false, adj_y = false;
  template <class V>
  void fields(V&& v) {
    v("adj_x", adj_x, "the left matrices are stored transposed");
    v("adj_y", adj_y, "the right matrices are stored transposed");
  }
};

/// A batch of products as strides: element (row, k) of a left matrix is at row * x_row + k * x_k from its beginning, and so on.
struct MatrixProduct {
  std::array<int64_t, 3> batch{1, 1, 1};        ///< sizes of the batch axes, outermost first
  std::array<int64_t, 3> x_batch{}, y_batch{};  ///< steps along them; 0 where the operand is broadcast
  int64_t rows = 0, columns = 0, depth = 0;
  int64_t x_row = 0, x_k = 0, y_column = 0, y_k = 0;
};

/// The product of matrices of these types; a User error where they do not fit.
MatrixProduct lay_product(const BatchMatmulAttrs& attrs, const TensorType& x, const TensorType& y);

}  // namespace thimble

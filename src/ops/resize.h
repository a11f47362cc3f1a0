/// Images brought to another size: resize_nearest picks pixels, resize_bilinear blends four.
#pragma once

#include "ops/arithmetic.h"

namespace thimble {

struct ResizeAttrs {
  int64_t height = 0, width = 0;
  bool align_corners = false, half_pixel_centers = false;
  template <class V>
  void fields(V&& v) {
    v("height", height, "rows of the output", at_least(1));
    v("width", width, "columns of the output", at_least(1));
    v("align_corners", align_corners, "the centres of the corner pixels of input and output coincide");
    v("half_pixel_centers", half_pixel_centers, "pixels are sampled at their centres instead of their upper left corners");
  }
};

/// For each of `out` rows (or columns), the one of `in` rows that resize_nearest picks.
std::vector<int64_t> nearest_positions(const ResizeAttrs& attrs, int64_t in, int64_t out);

/// Between which two rows of the input a row of the output lies, and how far from the first: in whole rows, or in 1/1024 of a row.
struct Blend {
  int64_t low = 0, high = 0;
  float fraction = 0;
};
struct IntegerBlend {
  int64_t low = 0, high = 0, fraction = 0;
};
std::vector<Blend> bilinear_positions(const ResizeAttrs& attrs, int64_t in, int64_t out);
std::vector<IntegerBlend> integer_bilinear_positions(const ResizeAttrs& attrs, int64_t in, int64_t out);

}  // namespace thimble

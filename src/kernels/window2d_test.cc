#include "kernels/window2d.h"

#include <gtest/gtest.h>

namespace thimble {
namespace {

/// A window of one pixel over [2, rows, columns, 3].
Window2d point(int64_t rows, int64_t columns, int64_t stride, std::vector<int64_t> pads) {
  Window2dAttrs attrs;
  attrs.stride_h = attrs.stride_w = stride;
  attrs.pads = std::move(pads);
  return lay_window(attrs, {DType::I8, {2, rows, columns, 3}, {}}, 1, 1);
}

TEST(Windows, ArePixelByPixelWhereNoneMoves) {
  EXPECT_TRUE(pixel_by_pixel(point(3, 4, 1, {})));
  EXPECT_TRUE(pixel_by_pixel(point(1, 1, 2, {})));
  EXPECT_FALSE(pixel_by_pixel(point(3, 4, 2, {})));
  EXPECT_FALSE(pixel_by_pixel(point(1, 4, 1, {1, 0, 0, 0}))) << "a row more than the input has";
  EXPECT_FALSE(pixel_by_pixel(point(1, 4, 1, {0, 1, 0, 0})));
  EXPECT_FALSE(pixel_by_pixel(point(1, 3, 2, {0, 0, 0, 2}))) << "as wide as the input, but of other pixels";
}

TEST(Windows, AreFlattenedThroughAllBatches) {
  const Window2d row = flattened(point(3, 4, 1, {})), other = flattened(point(3, 4, 2, {}));
  EXPECT_EQ(row.batches * row.in_h * row.out_h, 1);
  EXPECT_EQ(row.in_w, 24);
  EXPECT_EQ(row.out_w, 24);
  EXPECT_EQ(other.batches, 2);
  EXPECT_EQ(other.out_w, 2);
}

TEST(Windows, AreReadInPlaceInsideTheInput) {
  EXPECT_TRUE(read_in_place(point(3, 4, 2, {})));
  EXPECT_FALSE(read_in_place(point(3, 4, 1, {0, 0, 0, 1})));
  EXPECT_TRUE(read_in_place(point(3, 3, 2, {0, 0, 0, 1}))) << "no window comes to the padding";
}

}  // namespace
}  // namespace thimble

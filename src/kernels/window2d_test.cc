#include "kernels/window2d.h"

#include <gtest/gtest.h>

#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "ops/ops.h"

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

/// A layer of one tap and four channels whose windows stand `stride` columns apart.
Graph of_stride(std::string_view op, DType dtype, const Attrs& attrs, int64_t stride) {
  Graph graph{.name = "strides"};
  const Quant quant = per_tensor(0.5f, 0);
  const ValueId x = graph.add_input("x", {dtype, {1, 1, stride + 1, 4}, quant});
  const bool each = op == "dwconv2d";
  const Shape shape = each ? Shape{1, 1, 1, 4} : Shape{4, 1, 1, 4};
  const ValueId w = graph.add_constant<int8_t>("w", shape, std::vector<int8_t>(each ? 4 : 16, 1), quant);
  graph.outputs = {add_node(graph, op, "y", {x, w}, attrs, {per_tensor(4, 0)})};
  return graph;
}

template <class A>
std::string refusal(std::string_view op, DType dtype, int64_t stride, std::string_view kernel) {
  A attrs;
  attrs.stride_w = stride;
  const Graph graph = of_stride(op, dtype, attrs, stride);
  for (const Verdict& verdict : consider(graph.nodes[0], graph, board_named("nano33ble")))
    if (verdict.kernel->name == kernel) return verdict.refusal;
  return "no such kernel";
}

TEST(Windows, FillTheHalfwordsOfTheirStructsAndNoMore) {
  const std::string wide = "a size of the window or its channels takes more than 16 bits";
  EXPECT_EQ(refusal<Conv2dAttrs>("conv2d", DType::I8, 65535, "conv2d_s8_shared_dsp"), "");
  EXPECT_EQ(refusal<Conv2dAttrs>("conv2d", DType::I8, 65536, "conv2d_s8_shared_dsp"), wide);
  EXPECT_EQ(refusal<Conv2dAttrs>("conv2d", DType::I8, 65535, "conv2d_s8w4_dsp"), "");
  EXPECT_EQ(refusal<Conv2dAttrs>("conv2d", DType::I8, 65536, "conv2d_s8w4_dsp"), wide);
  EXPECT_EQ(refusal<Conv2dAttrs>("conv2d", DType::I16, 65535, "conv2d_s16_dsp"), "");
  EXPECT_EQ(refusal<Conv2dAttrs>("conv2d", DType::I16, 65536, "conv2d_s16_dsp"), wide);
  EXPECT_EQ(refusal<Dwconv2dAttrs>("dwconv2d", DType::I16, 65535, "dwconv2d_s16_dsp"), "");
  EXPECT_EQ(refusal<Dwconv2dAttrs>("dwconv2d", DType::I16, 65536, "dwconv2d_s16_dsp"), wide);
}

TEST(Windows, AreTooWideByAnyOfTheirSizes) {
  EXPECT_FALSE(refuses_wide(point(3, 4, 1, {}), 65535, 65535).has_value());
  EXPECT_TRUE(refuses_wide(point(3, 4, 1, {}), 65536, 3).has_value());
  EXPECT_TRUE(refuses_wide(point(3, 4, 1, {}), 3, 65536).has_value());
  for (const auto size : {&Window2d::batches, &Window2d::in_c, &Window2d::kernel_h, &Window2d::kernel_w, &Window2d::stride_h,
                          &Window2d::stride_w, &Window2d::dilation_h, &Window2d::dilation_w, &Window2d::pad_top, &Window2d::pad_left}) {
    Window2d at = point(3, 4, 1, {});
    at.*size = 65536;
    EXPECT_TRUE(refuses_wide(at, 3, 3).has_value());
  }
}

}  // namespace
}  // namespace thimble

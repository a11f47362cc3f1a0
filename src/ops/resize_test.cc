#include "ops/resize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "ir/interpreter.h"
#include "ops/ops.h"

namespace thimble {
namespace {

using ::testing::ElementsAre;

template <class T>
std::vector<T> resized(std::string_view op, Shape shape, std::vector<T> values, ResizeAttrs attrs) {
  Graph graph{.name = "m"};
  const ValueId x = graph.add_input("x", {dtype_of<T>(), std::move(shape), {}});
  graph.outputs = {add_node(graph, op, "y", {x}, attrs)};
  Buffer in(values.size() * sizeof(T));
  std::memcpy(in.data(), values.data(), in.size());
  const Buffer out = Interpreter(graph).run(std::vector<Buffer>{in})[0];
  std::vector<T> result(out.size() / sizeof(T));
  std::memcpy(result.data(), out.data(), out.size());
  return result;
}

TEST(ResizeNearest, PicksByTheUpperLeftCornerTheCentreOrTheRoundedPosition) {
  // Five columns of two: positions 0, 0.4, 0.8, 1.2, 1.6; at centres 0.2, 0.6, 1, 1.4, 1.8; corners aligned 0, 0.25, 0.5, 0.75, 1.
  EXPECT_THAT(nearest_positions({1, 5}, 2, 5), ElementsAre(0, 0, 0, 1, 1));
  EXPECT_THAT(nearest_positions({1, 5, false, true}, 2, 5), ElementsAre(0, 0, 1, 1, 1));
  EXPECT_THAT(nearest_positions({1, 5, true, false}, 2, 5), ElementsAre(0, 0, 1, 1, 1));
}

TEST(ResizeNearest, RepeatsPixelsWithTheirChannels) {
  EXPECT_THAT(resized<int8_t>("resize_nearest", {1, 1, 2, 2}, {1, 2, 3, 4}, {1, 4}), ElementsAre(1, 2, 1, 2, 3, 4, 3, 4));
}

TEST(ResizeBilinear, BlendsNeighboursAndRepeatsTheLast) {
  EXPECT_THAT(resized<float>("resize_bilinear", {1, 1, 2, 1}, {0, 8}, {1, 4}), ElementsAre(0, 4, 8, 8));
  EXPECT_THAT(resized<float>("resize_bilinear", {1, 1, 2, 1}, {0, 6}, {1, 4, true, false}), ElementsAre(0, 2, 4, 6));
  EXPECT_THAT(resized<float>("resize_bilinear", {1, 1, 2, 1}, {0, 8}, {1, 4, false, true}), ElementsAre(0, 2, 6, 8));
}

TEST(ResizeBilinear, RoundsIntegersAwayFromZeroAtTies) {
  // Halfway between -3 and 0, and between 0 and 3.
  EXPECT_THAT(resized<int8_t>("resize_bilinear", {1, 1, 3, 1}, {-3, 0, 3}, {1, 6}), ElementsAre(-3, -2, 0, 2, 3, 3));
}

TEST(Resize, RefusesWhatCannotBe) {
  const auto refusal = [](DType dtype, Shape shape, ResizeAttrs attrs) -> std::string {
    Graph graph{.name = "m"};
    const ValueId x = graph.add_input("x", {dtype, std::move(shape), {}});
    try {
      add_node(graph, "resize_bilinear", "y", {x}, attrs);
    } catch (const Error& error) {
      return error.what();
    }
    return "taken";
  };
  EXPECT_EQ(refusal(DType::F32, {3, 3}, {6, 6}), "the input must be [batch, rows, columns, channels], not 3x3");
  EXPECT_EQ(refusal(DType::F32, {1, 3, 3, 1}, {0, 6}), "images are resized between 1 and 32767 rows and columns, not 0");
  EXPECT_EQ(refusal(DType::I32, {1, 3, 3, 1}, {6, 6}), "the input is i32; images of f32 and i8 can be blended");
  EXPECT_EQ(refusal(DType::F32, {1, 3, 3, 1}, {6, 6, true, true}), "align_corners and half_pixel_centers exclude each other");
  EXPECT_EQ(refusal(DType::I8, {1, 3, 3, 1}, {6, 2049}), "images of i8 are blended up to 2048 rows and columns");
}

}  // namespace
}  // namespace thimble

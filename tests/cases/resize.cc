#include "ops/resize.h"

#include "cases/op_case.h"

namespace thimble::testing {
namespace {

OpCase resize_case(std::string op, std::string name, TensorType type, ResizeAttrs attrs) {
  OpCase c{.name = op + "/" + std::move(name), .graph = {}};
  c.graph.name = op;
  const ValueId x = c.graph.add_input("x", std::move(type));
  c.graph.outputs = {add_node(c.graph, op, "y", {x}, attrs)};
  return c;
}

}  // namespace

std::vector<OpCase> resize_cases() {
  const TensorType s8{DType::I8, {1, 5, 7, 3}, per_tensor(0.1f, 3)}, f32{DType::F32, {2, 4, 3, 2}, {}};
  return {resize_case("resize_nearest", "s8_twice", s8, {10, 14}),
          resize_case("resize_nearest", "s8_odd", s8, {8, 4}),
          resize_case("resize_nearest", "f32_align_corners", f32, {7, 8, true, false}),
          resize_case("resize_nearest", "f32_half_pixel", f32, {3, 7, false, true}),
          resize_case("resize_nearest", "s8_half_pixel_thrice", s8, {15, 21, false, true}),
          resize_case("resize_bilinear", "s8_twice", s8, {10, 14}),
          resize_case("resize_bilinear", "s8_half_pixel", s8, {11, 13, false, true}),
          resize_case("resize_bilinear", "s8_half_pixel_down", s8, {3, 2, false, true}),
          resize_case("resize_bilinear", "s8_align_corners", s8, {8, 15, true, false}),
          resize_case("resize_bilinear", "f32_twice", f32, {8, 6}),
          resize_case("resize_bilinear", "f32_half_pixel", f32, {7, 5, false, true}),
          resize_case("resize_bilinear", "f32_align_corners", f32, {9, 1, true, false})};
}

}  // namespace thimble::testing

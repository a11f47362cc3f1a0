#include "ops/conv2d.h"
#include "ops/fully_connected.h"
#include "passes/pass_test.h"

namespace thimble::testing {
namespace {

TEST(Int8Weights, AreReadAsTheyAreStored) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 4, 4, 2}, {}});
  const ValueId w = add_node(graph, "dequantize", "w", {add_codes(graph, "codes", {3, 2, 2, 2}, 0.02F, 1)});
  const ValueId v = add_node(graph, "dequantize", "v", {add_codes(graph, "more", {5, 27}, 0.1F, 2)});
  const ValueId c = add_node(graph, "conv2d", "c", {x, w, add_floats(graph, "b", {3}, 3)}, Conv2dAttrs{});
  graph.outputs = {add_node(graph, "fully_connected", "y", {c, v})};
  expect_pass("int8_weights", graph, 2, R"(graph g
input %0: f32[1x4x4x2]  # x
%2: f32[3x2x2x2] = dequantize(%1:const i8[3x2x2x2] scale 0.02 zero 0)  # w
%4: f32[5x27] = dequantize(%3:const i8[5x27] scale 0.1 zero 0)  # v
%6: f32[1x3x3x3] = conv2d(%0, %1:const i8[3x2x2x2] scale 0.02 zero 0, %5:const f32[3])  # c
%7: f32[1x5] = fully_connected(%6, %3:const i8[5x27] scale 0.1 zero 0)  # y
output %7
)");
}

TEST(Int8Weights, OnlyOfLayersThatTakeThem) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 4, 4, 2}, {}});
  TensorType odd{DType::I8, {3, 2, 2, 2}, per_tensor(0.02F, 5)};  // conv2d refuses weights with a zero point
  const ValueId codes = graph.add_value({"codes", odd, make_bytes(random_buffer(odd, 1))});
  graph.outputs = {add_node(graph, "conv2d", "y", {x, add_node(graph, "dequantize", "w", {codes})}, Conv2dAttrs{})};
  expect_no_change("int8_weights", graph);
}

}  // namespace
}  // namespace thimble::testing

#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "ops/pad.h"
#include "passes/pass_test.h"

namespace thimble::testing {
namespace {

PadAttrs around(int64_t top, int64_t bottom, int64_t left, int64_t right) { return {{0, top, left, 0}, {0, bottom, right, 0}}; }

/// x, padded, then convolved with 3x3 filters in steps of 2.
Graph padded_conv(PadAttrs pad, Window2dAttrs window = {}) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 8, 8, 2}, {}});
  const ValueId p = add_node(graph, "pad", "p", {x}, std::move(pad));
  window.stride_h = window.stride_w = 2;
  graph.outputs = {add_node(graph, "conv2d", "c", {p, add_floats(graph, "w", {3, 3, 3, 2}, 1)}, Conv2dAttrs{window})};
  return graph;
}

TEST(FusePad, BecomesSameWhereItIs) {
  expect_pass("fuse_pad", padded_conv(around(0, 1, 0, 1)), 1, R"(graph g
input %0: f32[1x8x8x2]  # x
%3: f32[1x4x4x3] = conv2d(%0, %2:const f32[3x3x3x2]) {padding=same stride_h=2 stride_w=2}  # c
output %3
)");
}

TEST(FusePad, BecomesExplicitElsewhere) {
  expect_pass("fuse_pad", padded_conv(around(1, 1, 1, 1)), 1, R"(graph g
input %0: f32[1x8x8x2]  # x
%3: f32[1x4x4x3] = conv2d(%0, %2:const f32[3x3x3x2]) {pads=1,1,1,1 stride_h=2 stride_w=2}  # c
output %3
)");
}

TEST(FusePad, AddsToWhatIsThere) {
  Window2dAttrs window;
  window.pads = {0, 0, 2, 0};
  expect_pass("fuse_pad", padded_conv(around(1, 0, 0, 3), window), 1, R"(graph g
input %0: f32[1x8x8x2]  # x
%3: f32[1x4x6x3] = conv2d(%0, %2:const f32[3x3x3x2]) {pads=1,0,2,3 stride_h=2 stride_w=2}  # c
output %3
)");
}

TEST(FusePad, Int8PadsWithTheZeroPoint) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::I8, {1, 5, 5, 4}, per_tensor(0.1F, 7)});
  const ValueId p = add_node(graph, "pad", "p", {x}, around(1, 1, 1, 1));
  Dwconv2dAttrs attrs;
  graph.outputs = {add_node(graph, "dwconv2d", "d", {p, add_codes(graph, "w", {1, 3, 3, 4}, 0.01F, 2)}, attrs, {per_tensor(0.2F, -3)})};
  expect_pass("fuse_pad", graph, 1, R"(graph g
input %0: i8[1x5x5x4] scale 0.1 zero 7  # x
%3: i8[1x5x5x4] scale 0.2 zero -3 = dwconv2d(%0, %2:const i8[1x3x3x4] scale 0.01 zero 0) {padding=same}  # d
output %3
)");
}

TEST(FusePad, LeavesOtherBorders) {
  PadAttrs mirrored = around(1, 1, 1, 1);
  mirrored.mode = PadMode::Reflect;
  expect_no_change("fuse_pad", padded_conv(mirrored));
  expect_no_change("fuse_pad", padded_conv({{0, 1, 1, 0}, {1, 1, 1, 0}}));  // the batch grows
  Window2dAttrs same;
  same.padding = Padding::Same;
  expect_no_change("fuse_pad", padded_conv(around(1, 1, 1, 1), same));
}

TEST(FusePad, LeavesABorderOfOnes) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 4, 4, 1}, {}});
  const float one[] = {1.0F};
  const ValueId p = add_node(graph, "pad", "p", {x, graph.add_constant<float>("one", {1}, one)}, around(1, 1, 1, 1));
  graph.outputs = {add_node(graph, "conv2d", "c", {p, add_floats(graph, "w", {3, 3, 3, 1}, 1)}, Conv2dAttrs{})};
  expect_no_change("fuse_pad", graph);
}

TEST(FusePad, LeavesAPadThatOthersRead) {
  Graph graph = padded_conv(around(1, 1, 1, 1));
  graph.outputs.push_back(graph.nodes[0].out[0]);
  expect_no_change("fuse_pad", graph);
}

}  // namespace
}  // namespace thimble::testing

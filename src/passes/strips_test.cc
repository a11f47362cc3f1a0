#include "passes/strips.h"

#include "ops/conv2d.h"
#include "ops/dwconv2d.h"
#include "passes/pass_test.h"

namespace thimble::testing {
namespace {

/// A pointwise and a strided depthwise convolution, as in MobileNet.
Graph separable(int64_t rows) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, rows, 4, 2}, {}});
  const ValueId p = add_node(graph, "conv2d", "p", {x, add_floats(graph, "w", {3, 1, 1, 2}, 1)});
  Dwconv2dAttrs attrs;
  attrs.padding = Padding::Same;
  attrs.stride_h = attrs.stride_w = 2;
  graph.outputs = {add_node(graph, "dwconv2d", "d", {p, add_floats(graph, "v", {1, 3, 3, 3}, 2)}, attrs)};
  return graph;
}

TEST(Strips, OnlyTheOuterOnesPad) {
  const Graph graph = separable(9);
  const int64_t heights[] = {2, 2, 1};
  const auto strips = split_into_strips(graph, Chain{0, 1}, heights);
  ASSERT_TRUE(strips);
  EXPECT_EQ(print(*strips), R"(graph g
input %0: f32[1x9x4x2]  # x
%5: f32[1x4x4x2] = strided_slice(%0) {begin=0,0,0,0 shape=1,4,4,2 size=1,4,4,2 step=1,1,1,1}  # x rows 0-3
%6: f32[1x4x4x3] = conv2d(%5, %1:const f32[3x1x1x2])  # p rows 0-3
%7: f32[1x2x2x3] = dwconv2d(%6, %3:const f32[1x3x3x3]) {pads=1,0,0,1 stride_h=2 stride_w=2}  # d rows 0-1
%8: f32[1x5x4x2] = strided_slice(%0) {begin=0,3,0,0 shape=1,5,4,2 size=1,5,4,2 step=1,1,1,1}  # x rows 3-7
%9: f32[1x5x4x3] = conv2d(%8, %1:const f32[3x1x1x2])  # p rows 3-7
%10: f32[1x2x2x3] = dwconv2d(%9, %3:const f32[1x3x3x3]) {pads=0,0,0,1 stride_h=2 stride_w=2}  # d rows 2-3
%11: f32[1x2x4x2] = strided_slice(%0) {begin=0,7,0,0 shape=1,2,4,2 size=1,2,4,2 step=1,1,1,1}  # x rows 7-8
%12: f32[1x2x4x3] = conv2d(%11, %1:const f32[3x1x1x2])  # p rows 7-8
%13: f32[1x1x2x3] = dwconv2d(%12, %3:const f32[1x3x3x3]) {pads=0,1,0,1 stride_h=2 stride_w=2}  # d rows 4-4
%4: f32[1x5x2x3] = concat(%7, %10, %13) {axis=1}  # d
output %4
)");
}

TEST(Strips, OneStripIsTheGraph) {
  const Graph graph = separable(8);
  const int64_t heights[] = {4};
  EXPECT_EQ(print(split_into_strips(graph, Chain{0, 1}, heights).value()), print(graph));
}

TEST(Strips, OnlyPaddingIsRefused) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 2, 4, 1}, {}});
  Conv2dAttrs attrs;
  attrs.pads = {3, 0, 0, 0};
  graph.outputs = {add_node(graph, "conv2d", "c", {x, add_floats(graph, "w", {1, 2, 1, 1}, 1)}, attrs)};
  const int64_t top[] = {1, 3}, enough[] = {3, 1};
  EXPECT_FALSE(split_into_strips(graph, Chain{0}, top));
  EXPECT_TRUE(split_into_strips(graph, Chain{0}, enough));
}

TEST(Strips, AChainEndsWhereOthersRead) {
  Graph graph = separable(8);
  EXPECT_EQ(strip_chain(graph, uses_of(graph), 0), (Chain{0, 1}));
  EXPECT_EQ(strip_chain(graph, uses_of(graph), 1), (Chain{1}));
  graph.outputs.push_back(graph.nodes[0].out[0]);
  EXPECT_EQ(strip_chain(graph, uses_of(graph), 0), (Chain{0}));
}

TEST(Strips, BatchesAndMatricesAreNoImages) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {2, 8, 4, 1}, {}});
  const ValueId y = graph.add_input("y", {DType::F32, {4, 4}, {}});
  graph.outputs = {add_node(graph, "relu", "a", {x}), add_node(graph, "relu", "b", {y})};
  EXPECT_TRUE(strip_chain(graph, uses_of(graph), 0).empty());
  EXPECT_TRUE(strip_chain(graph, uses_of(graph), 1).empty());
}

TEST(Strips, HeightsAreEqualButForTheLast) {
  EXPECT_EQ(strip_heights(24, 4), (std::vector<int64_t>{6, 6, 6, 6}));
  EXPECT_EQ(strip_heights(25, 4), (std::vector<int64_t>{7, 7, 7, 4}));
  EXPECT_EQ(strip_heights(5, 4), (std::vector<int64_t>{2, 2, 1}));
  EXPECT_EQ(strip_heights(3, 9), (std::vector<int64_t>{1, 1, 1}));
}

TEST(Strips, NamesCanBeReadBack) {
  const std::string text = strip_name({"conv rows 3-4", 0, 11});
  const auto name = parse_strip_name(text);
  ASSERT_TRUE(name);
  EXPECT_EQ(name->whole, "conv rows 3-4");
  EXPECT_EQ(name->first, 0);
  EXPECT_EQ(name->last, 11);
  for (std::string_view other : {"conv", "conv rows", "conv rows 3", "conv rows 3-", "conv rows -3-4", "conv rows 4-3", "conv rows 3-4x"})
    EXPECT_FALSE(parse_strip_name(other)) << other;
}

}  // namespace
}  // namespace thimble::testing

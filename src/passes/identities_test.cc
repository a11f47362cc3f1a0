#include "ops/concat.h"
#include "ops/pad.h"
#include "ops/quantize.h"
#include "ops/reshape.h"
#include "ops/strided_slice.h"
#include "ops/transpose.h"
#include "passes/pass_test.h"

namespace thimble::testing {
namespace {

TEST(Identities, MergeReshapes) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {2, 3}, {}});
  const ValueId a = add_node(graph, "reshape", "a", {x}, ReshapeAttrs{{6}});
  const ValueId b = add_node(graph, "reshape", "b", {a}, ReshapeAttrs{{3, 2}});
  graph.outputs = {add_node(graph, "reshape", "c", {b}, ReshapeAttrs{{1, 6}})};
  expect_pass("identities", graph, 2, R"(graph g
input %0: f32[2x3]  # x
%3: f32[1x6] = reshape(%0) {shape=1,6}  # c
output %3
)");
}

TEST(Identities, DropWhatChangesNothing) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 6}, {}});
  const ValueId a = add_node(graph, "reshape", "a", {x}, ReshapeAttrs{{1, 6}});
  const ValueId b = add_node(graph, "fully_connected", "b", {a, add_floats(graph, "w", {4, 6}, 1)});
  const ValueId c = add_node(graph, "cast", "c", {b}, CastAttrs{DType::F32});
  graph.outputs = {c};
  expect_pass("identities", graph, 2, R"(graph g
input %0: f32[1x6]  # x
%3: f32[1x4] = fully_connected(%0, %2:const f32[4x6])  # b
output %3
)");
}

TEST(Identities, TheOutputKeepsItsName) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 6}, {}});
  const ValueId b = add_node(graph, "fully_connected", "b", {x, add_floats(graph, "w", {4, 6}, 1)});
  graph.outputs = {add_node(graph, "reshape", "Identity", {b}, ReshapeAttrs{{1, 4}})};
  PassContext context;
  EXPECT_EQ(pass_named("identities").run(graph, context), 1);
  EXPECT_EQ(graph.value(graph.outputs[0]).name, "Identity");
}

TEST(Identities, KeepANodeBetweenInputAndOutput) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 6}, {}});
  graph.outputs = {add_node(graph, "reshape", "y", {x}, ReshapeAttrs{{1, 6}})};
  expect_no_change("identities", graph);
}

TEST(Identities, KeepAChangeOfScale) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::I8, {6}, per_tensor(0.5F, 0)});
  const ValueId q = add_node(graph, "quantize", "q", {x}, QuantizeAttrs{DType::I8}, {per_tensor(0.25F, 0)});
  graph.outputs = {add_node(graph, "reshape", "y", {q}, ReshapeAttrs{{2, 3}})};
  expect_no_change("identities", graph);
}

TEST(Identities, MovingAxesOfOneElementIsAReshape) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 3, 1, 2}, {}});
  graph.outputs = {add_node(graph, "transpose", "y", {x}, TransposeAttrs{{1, 0, 3, 2}})};
  expect_pass("identities", graph, 1, R"(graph g
input %0: f32[1x3x1x2]  # x
%1: f32[3x1x2x1] = reshape(%0) {shape=3,1,2,1}  # y
output %1
)");
}

/// Each row: an op over x[2x3] and its attributes; only the first ones hand their operand on.
TEST(Identities, KnowEachOpsWayToDoNothing) {
  const StridedSliceAttrs whole{{0, 0}, {2, 3}, {1, 1}, {2, 3}}, mirror{{0, 2}, {2, 3}, {1, -1}, {2, 3}};
  const struct {
    const char* op;
    Attrs attrs;
    int rewrites;
  } rows[] = {
      {"transpose", TransposeAttrs{{0, 1}}, 2},
      {"transpose", TransposeAttrs{{1, 0}}, 0},
      {"concat", ConcatAttrs{1}, 1},
      {"pad", PadAttrs{{0, 0}, {0, 0}}, 1},
      {"pad", PadAttrs{{0, 0}, {0, 1}}, 0},
      {"strided_slice", whole, 1},
      {"strided_slice", mirror, 0},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.op);
    Graph graph{.name = "g"};
    const ValueId x = graph.add_input("x", {DType::F32, {2, 3}, {}});
    const ValueId y = add_node(graph, row.op, "op", {x}, row.attrs);
    graph.outputs = {add_node(graph, "reshape", "y", {y}, ReshapeAttrs{{graph.type(y).elements()}})};
    verify(graph);
    const Graph before = graph;
    PassContext context;
    EXPECT_EQ(pass_named("identities").run(graph, context), row.rewrites);
    expect_unchanged(before, graph);
  }
}

}  // namespace
}  // namespace thimble::testing

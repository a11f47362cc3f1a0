#include "ops/quantize.h"
#include "ops/reshape.h"
#include "passes/pass_test.h"

namespace thimble::testing {
namespace {

TEST(FoldConstants, FollowsChains) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 6}, {}});
  const ValueId codes = add_codes(graph, "codes", {12}, 0.5F, 1);
  const ValueId w = add_node(graph, "reshape", "w", {add_node(graph, "dequantize", "floats", {codes})}, ReshapeAttrs{{2, 6}});
  graph.outputs = {add_node(graph, "fully_connected", "y", {x, w})};
  expect_pass("fold_constants", graph, 2, R"(graph g
input %0: f32[1x6]  # x
%4: f32[1x2] = fully_connected(%0, %3:const f32[2x6])  # y
output %4
)");
}

TEST(FoldConstants, LeavesGraphOutputsToANode) {
  Graph graph{.name = "g"};
  graph.outputs = {add_node(graph, "reshape", "y", {add_floats(graph, "w", {6}, 1)}, ReshapeAttrs{{2, 3}})};
  expect_no_change("fold_constants", graph);
}

void spread(const Attrs&, Inputs in, Outputs out) { std::fill_n(out[0].data, out[0].type->bytes(), in[0].data[0]); }
std::vector<TensorType> large(const Attrs&, Inputs) { return {{DType::I8, {1 << 20}, {}}}; }

TEST(FoldConstants, LeavesWhatWouldFillTheFlash) {
  const OpDef op = {.name = "spread", .infer = large, .eval = spread};
  Graph graph{.name = "g"};
  const ValueId y = graph.add_node(op, "wide", {add_codes(graph, "c", {4}, 1.0F, 1)});
  graph.outputs = {add_node(graph, "reshape", "y", {y}, ReshapeAttrs{{1 << 10, 1 << 10}})};
  PassContext context;
  std::vector<std::string> notes;
  context.note = [&](std::string line) { notes.push_back(line); };
  EXPECT_EQ(pass_named("fold_constants").run(graph, context), 0);
  EXPECT_THAT(notes, ::testing::ElementsAre("'wide' stays: its result is far larger than its operands"));
}

TEST(FoldConstants, LeavesWhatDependsOnInputs) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 6}, {}});
  graph.outputs = {add_node(graph, "fully_connected", "y", {x, add_floats(graph, "w", {2, 6}, 1)})};
  expect_no_change("fold_constants", graph);
}

}  // namespace
}  // namespace thimble::testing

#include "ops/reshape.h"
#include "passes/pass_test.h"

namespace thimble::testing {
namespace {

TEST(DeadCode, DropsNodesThatNoOutputNeeds) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {2, 3}, {}});
  const ValueId y = add_node(graph, "reshape", "y", {x}, ReshapeAttrs{{6}});
  const ValueId unused = add_node(graph, "reshape", "unused", {x}, ReshapeAttrs{{3, 2}});
  add_node(graph, "reshape", "unused2", {unused}, ReshapeAttrs{{1, 6}});
  graph.outputs = {y};
  expect_pass("dead_code", graph, 2, R"(graph g
input %0: f32[2x3]  # x
%1: f32[6] = reshape(%0) {shape=6}  # y
output %1
)");
}

TEST(DeadCode, FreesConstantsAndKeepsIds) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {6}, {}});
  const ValueId w = add_floats(graph, "w", {2, 6}, 1);
  const ValueId y = add_node(graph, "reshape", "y", {x}, ReshapeAttrs{{2, 3}});
  graph.add_state("s", {DType::I8, {4}, {}});
  graph.outputs = {y};
  PassContext context;
  EXPECT_EQ(pass_named("dead_code").run(graph, context), 2);
  verify(graph);
  EXPECT_EQ(graph.values.size(), 4U);
  EXPECT_EQ(graph.value(w).data, nullptr);
  EXPECT_FALSE(graph.values[3].state);
}

TEST(DeadCode, LeavesLiveGraphsAlone) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {1, 6}, {}});
  graph.outputs = {add_node(graph, "fully_connected", "y", {x, add_floats(graph, "w", {2, 6}, 1)})};
  expect_no_change("dead_code", graph);
}

/// A node whose output nobody reads, but which changes a state that the next run's output needs.
void count(const Attrs&, Inputs in, Outputs out) {
  in[0].data[0] = static_cast<std::byte>(static_cast<int>(in[0].data[0]) + 1);
  std::memcpy(out[0].data, in[0].data, 1);
}
void copy(const Attrs&, Inputs in, Outputs out) { std::memcpy(out[0].data, in[0].data, 1); }
std::vector<TensorType> same(const Attrs&, Inputs in) { return {*in[0].type}; }
constexpr int kFirst[] = {0};

TEST(DeadCode, KeepsNodesThatChangeALiveState) {
  const OpDef counts = {.name = "count", .infer = same, .eval = count, .state_in = kFirst};
  const OpDef reads = {.name = "read", .infer = same, .eval = copy};
  Graph graph{.name = "g"};
  const ValueId state = graph.add_state("s", {DType::I8, {1}, {}});
  graph.add_node(counts, "counts", {state});
  graph.outputs = {graph.add_node(reads, "reads", {state})};
  expect_no_change("dead_code", graph);
  graph.outputs = {graph.add_node(reads, "other", {graph.add_input("x", {DType::I8, {1}, {}})})};
  PassContext context;
  EXPECT_EQ(pass_named("dead_code").run(graph, context), 3);
  EXPECT_EQ(graph.nodes.size(), 1U);
}

}  // namespace
}  // namespace thimble::testing

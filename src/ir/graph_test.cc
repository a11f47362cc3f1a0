#include "ir/graph.h"

#include <gmock/gmock.h>

#include "ir/interpreter.h"
#include "ir/testing_ops.h"

namespace thimble::testing {
namespace {

using ::testing::ElementsAre;

Buffer ints(std::initializer_list<int32_t> values) {
  const auto raw = std::as_bytes(std::span(values.begin(), values.size()));
  return {raw.begin(), raw.end()};
}

/// x -> scale -> accumulate (state) -> out, and a constant on the side.
Graph sample() {
  Graph graph;
  graph.name = "sample";
  const ValueId x = graph.add_input("x", {DType::I32, {2}, per_tensor(0.5f, 3)});
  const ValueId sum = graph.add_state("sum", {DType::I32, {2}, {}});
  const int32_t bias[] = {1, 2};
  const ValueId c = graph.add_constant<int32_t>("c", {2}, bias);
  const ValueId twice = graph.add_node(scale_op(), "twice", {x}, ScaleAttrs{2});
  const ValueId y = graph.add_node(accumulate_op(), "y", {twice, sum}, {}, {per_tensor(0.25f, -1)});
  graph.outputs = {y, graph.add_node(scale_op(), "z", {c})};
  return graph;
}

TEST(Graph, Print) {
  EXPECT_EQ(print(sample()),
            "graph sample\n"
            "input %0: i32[2] scale 0.5 zero 3  # x\n"
            "state %1: i32[2]  # sum\n"
            "%3: i32[2] = scale(%0) {by=2}  # twice\n"
            "%4: i32[2] scale 0.25 zero -1 = accumulate(%3, %1)  # y\n"
            "%5: i32[2] = scale(%2:const i32[2])  # z\n"
            "output %4, %5\n");
}

TEST(Graph, UsesAndReplace) {
  Graph graph = sample();
  const Uses uses = uses_of(graph);
  EXPECT_THAT(uses.producer, ElementsAre(-1, -1, -1, 0, 1, 2));
  EXPECT_THAT(uses.readers[0], ElementsAre(0));
  EXPECT_THAT(uses.readers[4], ElementsAre());
  replace_uses(graph, 4, 3);
  EXPECT_THAT(graph.outputs, ElementsAre(3, 5));
  replace_uses(graph, 0, 2);
  EXPECT_THAT(graph.nodes[0].in, ElementsAre(2));
}

TEST(Graph, Macs) {
  const Graph graph = sample();
  EXPECT_EQ(macs_of(graph, graph.nodes[0]), 2);
  EXPECT_EQ(macs_of(graph, graph.nodes[1]), 0);
}

TEST(Interpreter, KeepsStateUntilReset) {
  const Graph graph = sample();
  Interpreter interpreter(graph);
  const Buffer x = ints({1, -2});
  EXPECT_THAT(interpreter.run({&x, 1}), ElementsAre(ints({2, -4}), ints({1, 2})));
  EXPECT_THAT(interpreter.run({&x, 1}), ElementsAre(ints({4, -8}), ints({1, 2})));
  interpreter.reset();
  EXPECT_THAT(interpreter.run({&x, 1}), ElementsAre(ints({2, -4}), ints({1, 2})));
}

TEST(Interpreter, StateBeginsWithItsContents) {
  Graph graph = sample();
  graph.value(1).data = make_bytes(ints({100, 200}));
  EXPECT_FALSE(graph.value(1).constant());
  Interpreter interpreter(graph);
  const Buffer x = ints({1, 1});
  EXPECT_EQ(interpreter.run({&x, 1})[0], ints({102, 202}));
  EXPECT_EQ(*graph.value(1).data, ints({100, 200}));
}

TEST(Interpreter, WatchSeesEveryNode) {
  const Graph graph = sample();
  std::vector<std::pair<size_t, int32_t>> seen;
  const Buffer x = ints({5, 0});
  Interpreter(graph).run({&x, 1}, [&](size_t node, Outputs out) { seen.emplace_back(node, out[0].as<const int32_t>()[0]); });
  EXPECT_THAT(seen, ElementsAre(std::pair<size_t, int32_t>(0, 10), std::pair<size_t, int32_t>(1, 10), std::pair<size_t, int32_t>(2, 1)));
}

TEST(Interpreter, EvalConstant) {
  const Graph graph = sample();
  EXPECT_THAT(eval_constant(graph, graph.nodes[2]), ElementsAre(ints({1, 2})));
}

TEST(Interpreter, FaultsNameTheNode) {
  Graph graph = sample();
  graph.values[3].type.dtype = DType::F32;
  const Buffer x = ints({5, 0});
  try {
    Interpreter(graph).run({&x, 1});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "tensor read as another type");
    EXPECT_THAT(error.doing, ElementsAre("evaluating node 'twice' (scale)"));
  }
}

}  // namespace
}  // namespace thimble::testing

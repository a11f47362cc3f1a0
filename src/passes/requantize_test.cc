#include "ops/quantize.h"
#include "passes/pass_test.h"

namespace thimble::testing {
namespace {

Graph through_floats(Quant from, Quant to) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::I8, {64}, std::move(from)});
  const ValueId before = add_node(graph, "quantize", "before", {x}, QuantizeAttrs{DType::I8}, {graph.type(x).quant});
  const ValueId f = add_node(graph, "dequantize", "f", {before});
  graph.outputs = {add_node(graph, "quantize", "y", {f}, QuantizeAttrs{DType::I8}, {std::move(to)})};
  return graph;
}

TEST(Requantize, DropsAPairThatChangesNothing) {
  expect_pass("requantize", through_floats(per_tensor(0.037F, -5), per_tensor(0.037F, -5)), 1, R"(graph g
input %0: i8[64] scale 0.037 zero -5  # x
%1: i8[64] scale 0.037 zero -5 = quantize(%0)  # before
output %1
)");
}

TEST(Requantize, WorksOnCodesWhereThatIsExact) {
  expect_pass("requantize", through_floats(per_tensor(0.25F, 3), per_tensor(0.125F, -5)), 1, R"(graph g
input %0: i8[64] scale 0.25 zero 3  # x
%1: i8[64] scale 0.25 zero 3 = quantize(%0)  # before
%3: i8[64] scale 0.125 zero -5 = quantize(%1)  # y
output %3
)");
}

/// -3 * 0.25 is a tie in steps of 0.5: floats round it away from zero, the integer arithmetic does not.
TEST(Requantize, LeavesWhatRoundsDifferently) { expect_no_change("requantize", through_floats(per_tensor(0.25F, 0), per_tensor(0.5F, 0))); }

TEST(Requantize, LeavesTheBordersAlone) {
  Graph graph{.name = "g"};
  const ValueId x = graph.add_input("x", {DType::F32, {8}, {}});
  const ValueId q = add_node(graph, "quantize", "q", {x}, QuantizeAttrs{DType::I8}, {per_tensor(0.1F, 0)});
  graph.outputs = {add_node(graph, "dequantize", "y", {q})};
  expect_no_change("requantize", graph);
}

TEST(Requantize, KeepsFloatsThatOthersRead) {
  Graph graph = through_floats(per_tensor(0.037F, -5), per_tensor(0.037F, -5));
  graph.outputs.push_back(graph.nodes[1].out[0]);
  expect_pass("requantize", graph, 1, R"(graph g
input %0: i8[64] scale 0.037 zero -5  # x
%1: i8[64] scale 0.037 zero -5 = quantize(%0)  # before
%2: f32[64] = dequantize(%1)  # f
output %1, %2
)");
}

}  // namespace
}  // namespace thimble::testing

#include "compress/quantize.h"

#include <gmock/gmock.h>

#include <cmath>

#include "compress/damage.h"
#include "ops/concat.h"
#include "ops/conv2d.h"
#include "ops/fully_connected.h"
#include "ops/lstm.h"
#include "ops/ops.h"
#include "ops/reshape.h"

namespace thimble {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ValueId constant(Graph& graph, std::string name, Shape shape, std::vector<float> values) {
  return graph.add_constant<float>(std::move(name), std::move(shape), values);
}

/// x[1x4] -> dense(3, relu) -> softmax
Graph classifier() {
  Graph graph;
  graph.name = "classifier";
  const ValueId x = graph.add_input("x", {DType::F32, {1, 4}, {}});
  const ValueId w = constant(graph, "w", {3, 4}, {1.27F, 0, 0, 0, 0, 0, 0, 0, 0, -2.54F, 0, 1});
  const ValueId b = constant(graph, "b", {3}, {0.5F, -0.25F, 0});
  const ValueId y = add_node(graph, "fully_connected", "dense", {x, w, b}, FullyConnectedAttrs{Activation::Relu, false});
  graph.outputs = {add_node(graph, "softmax", "scores", {y})};
  return graph;
}
Ranges ranges_of(const Graph& graph, Range x, Range dense) {
  Ranges ranges(graph.values.size());
  ranges[static_cast<size_t>(graph.inputs[0])] = x;
  ranges[static_cast<size_t>(graph.nodes[0].out[0])] = dense;
  return ranges;
}

std::vector<std::string> ops_of(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes) names.emplace_back(node.op->name);
  return names;
}

TEST(Quantize, FollowsTheConventions) {
  const Graph graph = classifier();
  EXPECT_THAT(needed_ranges(graph), ElementsAre(graph.inputs[0], graph.nodes[0].out[0]));
  QuantizeReport report;
  const Graph made = quantize(graph, ranges_of(graph, {-1.28F, 1.27F}, {0, 5.1F}), {}, &report);
  EXPECT_THAT(ops_of(made), ElementsAre("fully_connected", "softmax"));
  EXPECT_THAT(report.stays_float, IsEmpty());
  EXPECT_EQ(made.value(made.inputs[0]).name, "x");
  EXPECT_EQ(made.type(made.inputs[0]), (TensorType{DType::I8, {1, 4}, per_tensor(2.55F / 255, 0)}));
  EXPECT_EQ(made.type(made.outputs[0]), (TensorType{DType::I8, {1, 3}, per_tensor(1.0F / 256, -128)}));
  const Node& dense = made.nodes[0];
  EXPECT_EQ(made.type(dense.out[0]), (TensorType{DType::I8, {1, 3}, per_tensor(5.1F / 255, -128)}));
  const Value& w = made.value(dense.in[1]);
  EXPECT_THAT(w.type.quant.scale, ElementsAre(0.01F, 0.02F, 0.02F));
  EXPECT_EQ(w.type.quant.axis, 0);
  EXPECT_THAT(to_int64({&w.type, const_cast<std::byte*>(w.data->data())}), ElementsAre(127, 0, 0, 0, 0, 0, 0, 0, 0, -127, 0, 50));
  const Value& b = made.value(dense.in[2]);
  EXPECT_EQ(b.type.dtype, DType::I32);
  EXPECT_THAT(to_int64({&b.type, const_cast<std::byte*>(b.data->data())}), ElementsAre(5000, -1250, 0));
}

TEST(Quantize, KeepsFloatPortsOnRequest) {
  const Graph graph = classifier();
  const Ranges ranges = ranges_of(graph, {-1, 1}, {0, 5});
  const Graph both = quantize(graph, ranges, {.float_in = true, .float_out = true});
  EXPECT_THAT(ops_of(both), ElementsAre("quantize", "fully_connected", "softmax", "dequantize"));
  EXPECT_EQ(both.type(both.inputs[0]).dtype, DType::F32);
  EXPECT_EQ(both.type(both.outputs[0]).dtype, DType::F32);
  EXPECT_THAT(ops_of(quantize(graph, ranges, {.float_in = true})), ElementsAre("quantize", "fully_connected", "softmax"));
}

TEST(Quantize, NamesEveryValueWithoutRange) {
  const Graph graph = classifier();
  try {
    quantize(graph, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(explain(error),
              "error: 2 values of the graph have no range, so no scale:\n"
              "  'x'\n"
              "  'dense'\n"
              "  calibrate the very graph that is quantised, after all passes\n");
  }
}

TEST(Quantize, LeavesFloatWhatHasNoInt8Form) {
  Graph graph;
  const ValueId x = graph.add_input("x", {DType::F32, {1, 4}, {}});
  const ValueId a = add_node(graph, "abs", "a", {x}), s = add_node(graph, "sin", "s", {a});
  graph.outputs = {add_node(graph, "abs", "b", {s})};
  QuantizeReport report;
  const Graph made = quantize(graph, Ranges(graph.values.size(), Range{-1, 1}), {}, &report);
  EXPECT_THAT(ops_of(made), ElementsAre("abs", "dequantize", "sin", "quantize", "abs"));
  ASSERT_EQ(report.stays_float.size(), 1U);
  EXPECT_EQ(report.stays_float[0].name, "s");
  EXPECT_EQ(report.stays_float[0].why, "TensorFlow Lite has no int8 form of sin");
}

TEST(Quantize, LeavesFloatWhatStandsAmongFloats) {
  Graph graph;
  const ValueId x = graph.add_input("x", {DType::F32, {1, 4}, {}});
  const ValueId s = add_node(graph, "sin", "s", {x}), r = add_node(graph, "reshape", "r", {s}, ReshapeAttrs{{4}});
  graph.outputs = {add_node(graph, "cos", "c", {r})};
  EXPECT_THAT(needed_ranges(graph), IsEmpty());
  EXPECT_THAT(ops_of(quantize(graph, {})), ElementsAre("sin", "reshape", "cos"));
}

TEST(Quantize, GivesWhatIsJoinedOneScale) {
  Graph graph;
  const ValueId x = graph.add_input("x", {DType::F32, {1, 4}, {}}), y = graph.add_input("y", {DType::F32, {1, 4}, {}});
  graph.outputs = {add_node(graph, "concat", "both", {x, y}, ConcatAttrs{1})};
  Ranges ranges(graph.values.size());
  ranges[0] = {-1, 1}, ranges[1] = {0, 4};
  const Graph made = quantize(graph, ranges);
  EXPECT_THAT(ops_of(made), ElementsAre("concat"));
  for (ValueId id : {made.inputs[0], made.inputs[1], made.outputs[0]}) EXPECT_EQ(made.type(id).quant, activation_quant({-1, 4}));
}

TEST(Quantize, RescalesWhatHasAScaleOfItsOwnBeforeItIsJoined) {
  Graph graph;
  const ValueId x = graph.add_input("x", {DType::F32, {1, 4}, {}});
  const ValueId gate = add_node(graph, "logistic", "gate", {x});
  graph.outputs = {add_node(graph, "concat", "both", {gate, x}, ConcatAttrs{1})};
  Ranges ranges(graph.values.size());
  ranges[0] = {-8, 0.5F};
  const Graph made = quantize(graph, ranges);
  EXPECT_THAT(ops_of(made), ElementsAre("logistic", "quantize", "concat"));
  EXPECT_EQ(made.type(made.nodes[0].out[0]).quant, per_tensor(1.0F / 256, -128));
  EXPECT_EQ(made.type(made.outputs[0]).quant, activation_quant({-8, 255.0F / 256}));
}

TEST(Quantize, KeepsTheScaleThatAnOpLaysDownThroughReshapes) {
  Graph graph;
  const ValueId x = graph.add_input("x", {DType::F32, {1, 4}, {}});
  const ValueId gate = add_node(graph, "tanh", "gate", {x});
  graph.outputs = {add_node(graph, "reshape", "flat", {gate}, ReshapeAttrs{{4}})};
  const Graph made = quantize(graph, Ranges(graph.values.size(), Range{-2, 2}));
  EXPECT_THAT(ops_of(made), ElementsAre("tanh", "reshape"));
  EXPECT_EQ(made.type(made.outputs[0]).quant, per_tensor(1.0F / 128, 0));
}

TEST(Quantize, SurvivesDeadChannelsAndValues) {
  Graph graph;
  const ValueId x = graph.add_input("x", {DType::F32, {1, 2, 2, 1}, {}});
  const ValueId w = constant(graph, "w", {3, 1, 1, 1}, {1e-30F, 0, 2});
  const ValueId b = constant(graph, "b", {3}, {1e6F, 0, 1});
  graph.outputs = {add_node(graph, "conv2d", "conv", {x, w, b})};
  Ranges ranges(graph.values.size());
  ranges[0] = {0, 0}, ranges[static_cast<size_t>(graph.outputs[0])] = {0, 1e6F};
  const Graph made = quantize(graph, ranges);
  Interpreter run(made);
  const ExampleInputs zeros = {Buffer(static_cast<size_t>(made.type(made.inputs[0]).bytes()))};
  run.run(zeros);
  const std::vector<float> y = reals_of(run.value(made.outputs[0]));
  EXPECT_NEAR(y[0], 1e6F, 1e6F / 255);
  EXPECT_EQ(y[1], 0);
}

TEST(Quantize, SaysWhichValueHasNoCodes) {
  const Graph graph = classifier();
  try {
    quantize(graph, ranges_of(graph, {0, std::nanf("")}, {0, 1}));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(explain(error),
              "error: a range from 0 to nan has no int8 codes\n"
              "  a model that gives such numbers in float is broken already: look at its inputs and weights\n"
              "  while giving 'x' a scale\n");
  }
}

}  // namespace
}  // namespace thimble
